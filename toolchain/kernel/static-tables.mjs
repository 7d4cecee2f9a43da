// SPDX-License-Identifier: MIT
// A transform of the AssemblyScript compiler: memory of a kernel's own is static. `const t = ints(9)` at the top of a file becomes
// `const t = changetype<Ints>(memory.data(9 * 4, 8))`, a constant; as a function it would need code that runs at the start.

import { Node, NodeKind, Token } from "assemblyscript"

/** Class that a call of kernel/index.ts makes, and the bytes of an element; 0: as its type argument has. */
const TABLES = {
    bytes: ["Bytes", 1],
    words: ["Words", 2],
    ints: ["Ints", 4],
    records: ["Records", 0],
}

const ALIGNMENT = 8

export class StaticTables {
    afterParse(parser) {
        for (const source of parser.sources) {
            // The compiler's own library has functions of these names.
            const own =
                source.internalPath.startsWith("~lib/") &&
                !source.internalPath.startsWith("~lib/camscript/")
            if (own) continue
            for (const statement of source.statements) {
                if (statement.kind !== NodeKind.Variable) continue
                for (const declaration of statement.declarations)
                    declaration.initializer = asStatic(declaration.initializer)
            }
        }
    }
}

function asStatic(initializer) {
    const isCall = initializer?.kind === NodeKind.Call
    const name = isCall ? initializer.expression.text : undefined
    if (!Object.hasOwn(TABLES, name ?? "") || initializer.args.length !== 1)
        return initializer
    const [className, elementBytes] = TABLES[name]
    const { args, typeArguments, range } = initializer
    const identifier = text => Node.createIdentifierExpression(text, range)
    const integer = value =>
        // The compiler's numbers of 64 bits: a global that it defines.
        Node.createIntegerLiteralExpression(globalThis.i64_new(value), range)
    const bytesOf =
        elementBytes > 0
            ? integer(elementBytes)
            : Node.createAssertionExpression(
                  0,
                  Node.createCallExpression(
                      identifier("offsetof"),
                      typeArguments,
                      [],
                      range
                  ),
                  namedType("i32", null, range),
                  range
              )
    const size = Node.createBinaryExpression(
        Token.Asterisk,
        Node.createParenthesizedExpression(args[0], range),
        bytesOf,
        range
    )
    const data = Node.createCallExpression(
        Node.createPropertyAccessExpression(
            identifier("memory"),
            identifier("data"),
            range
        ),
        null,
        [size, integer(ALIGNMENT)],
        range
    )
    return Node.createCallExpression(
        identifier("changetype"),
        [namedType(className, typeArguments, range)],
        [data],
        range
    )
}

function namedType(name, typeArguments, range) {
    return Node.createNamedType(
        Node.createSimpleTypeName(name, range),
        typeArguments,
        false,
        range
    )
}
