// SPDX-License-Identifier: MIT
// A transform of the AssemblyScript compiler that reads what a kernel file exports: functions with their parameters, records with the
// offsets of their fields, and the comments of both. Nothing that the compiler writes has them all.

import {
    CommonFlags,
    DecoratorFlags,
    ElementKind,
    SourceKind,
} from "assemblyscript"

/**
 * @param {{functions?: object[], records?: object}} found filled in after the compilation, as KernelFunction[] and KernelRecord
 *     by name (kernel-signature.ts)
 */
export function signatureReader(found) {
    return class {
        afterCompile() {
            const { program } = this
            // The compiler's run-time library is an entry, too.
            const source = program.sources.find(
                ({ sourceKind, internalPath }) =>
                    sourceKind === SourceKind.UserEntry &&
                    !internalPath.startsWith("~lib/")
            )
            const file = program.filesByName.get(source.internalPath)
            found.records = {}
            found.functions = []
            const exported = new Map(file.exports ?? [])
            for (const star of file.exportsStar ?? [])
                for (const [name, element] of star.exports ?? [])
                    if (!exported.has(name)) exported.set(name, element)
            for (const [name, element] of exported) {
                if (element.kind !== ElementKind.FunctionPrototype) continue
                const instance = element.getResolvedInstance("")
                if (!instance) continue
                found.functions.push(
                    describeFunction(name, instance, found.records)
                )
            }
        }
    }
}

function describeFunction(name, instance, records) {
    const { declaration, signature } = instance
    const comment = commentBefore(declaration.range)
    const { normalizedPath } = declaration.range.source
    return {
        name,
        description: comment.text,
        source: normalizedPath,
        line: declaration.range.source.lineAt(declaration.name.range.start),
        requiredParameters: signature.requiredParameters,
        parameters: signature.parameterTypes.map((type, index) => {
            const parameter = instance.getParameterName(index)
            return {
                name: parameter,
                description: comment.parameters[parameter] ?? "",
                ...describeType(type, records),
            }
        }),
        returns: signature.returnType.toString(),
    }
}

/** A number, a view of the library with the class of its elements, or a record of the kernel's. */
function describeType(type, records) {
    const reference = type.getClass?.() ?? type.classReference
    if (!reference) return { type: type.toString() }
    const { name } = reference.prototype
    if (reference.typeArguments?.length) {
        const item = reference.typeArguments[0]
        const described = describeType(item, records)
        return { type: name, of: described.record ?? item.toString() }
    }
    if (reference.hasDecorator(DecoratorFlags.Unmanaged)) return { type: name }
    if (!(name in records)) {
        // Before its fields: a field may have the type of the record itself.
        const record = (records[name] = {
            description: "",
            bytes: 0,
            fields: [],
        })
        record.description = commentBefore(
            reference.prototype.declaration.range
        ).text
        record.bytes = reference.nextMemoryOffset
        for (const [, member] of reference.members ?? []) {
            const property =
                member.kind === ElementKind.PropertyPrototype
                    ? member.instance
                    : member
            if (!property?.isField || property.is(CommonFlags.Static)) continue
            record.fields.push({
                name: property.name,
                type: property.type.toString(),
                offset: property.memoryOffset,
                description: commentBefore(property.declaration.range).text,
            })
        }
    }
    return { type: "record", record: name }
}

/** The doc comment that ends where a declaration begins. */
function commentBefore({ source, start }) {
    const before = source.text
        .slice(0, start)
        .replace(/(?:\s|export|function|class|readonly)*$/, "")
    if (!before.endsWith("*/")) return { text: "", parameters: {} }
    const opening = before.lastIndexOf("/*")
    if (!before.startsWith("/**", opening)) return { text: "", parameters: {} }
    const lines = before
        .slice(opening + 3, -2)
        .split("\n")
        .map(line => line.replace(/^\s*\* ?/, "").trim())
    const parameters = {}
    const text = []
    let parameter
    for (const line of lines) {
        const found = /^@param (\w+) (.*)$/.exec(line)
        if (found) {
            parameter = found[1]
            parameters[parameter] = found[2]
        } else if (line.startsWith("@") || line === "") parameter = undefined
        else if (parameter !== undefined) parameters[parameter] += ` ${line}`
        else text.push(line)
    }
    return { text: text.join(" "), parameters }
}
