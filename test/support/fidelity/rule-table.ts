// SPDX-License-Identifier: MIT
// The rules of the models, read from their source: each sentence that a model can say, and whether it is an error.

import { readFileSync, readdirSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import ts from "typescript"

/** One sentence of one block. */
export interface RuleRow {
    readonly block: string
    readonly kind: "error" | "warning"
    /** What varies is "…". */
    readonly rule: string
    /** Where the manual says so; "": where it describes the register. */
    readonly section: string
}

const ERRORS = ["broken", "violated", "refuse", "refusedWrite"]
const WARNINGS = ["doubtful", "warned"]
/** Functions that answer with a sentence, which their caller then tells. */
const SENTENCES = /(Problem|Fault|Rule)$|^refused|^outOfRange$|^doubtful/
const SECTION = /^(RM|PM|DS|ES)\d{4}/

/** All rules below some folders, in order of block, kind and sentence. */
export function ruleRows(folders: readonly string[]): readonly RuleRow[] {
    const rows = new Map<string, RuleRow>()
    for (const folder of folders)
        for (const file of sources(folder))
            for (const row of rowsOf(file))
                rows.set(`${row.block} ${row.kind} ${row.rule}`, row)
    return [...rows.entries()]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, row]) => row)
}

function sources(folder: string): string[] {
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter(name => name.endsWith(".ts"))
        .map(name => join(folder, name))
        .sort()
}

function rowsOf(file: string): RuleRow[] {
    const source = ts.createSourceFile(
        file,
        readFileSync(file, "utf8"),
        ts.ScriptTarget.Latest,
        true
    )
    const rows: RuleRow[] = []
    const add = (
        kind: RuleRow["kind"],
        sentence: ts.Node | undefined,
        section = ""
    ): void => {
        const rule = sentence && textOf(sentence)
        if (rule?.includes(" "))
            rows.push({ block: blockOf(file), kind, rule, section })
    }
    const visit = (
        node: ts.Node,
        answers: RuleRow["kind"] | undefined
    ): void => {
        const kind = ts.isCallExpression(node) ? kindOf(node) : undefined
        if (kind !== undefined) {
            const { arguments: all } = node as ts.CallExpression
            const section = all
                .map(argument => sectionOf(argument, source))
                .find(text => text !== undefined)
            for (const argument of all)
                for (const sentence of sentencesIn(argument))
                    if (!SECTION.test(textOf(sentence) ?? ""))
                        add(kind, sentence, section)
        } else if (answers !== undefined && textOf(node) !== undefined)
            add(answers, node)
        // A constant is a part of a sentence.
        else if (answers !== undefined && ts.isVariableDeclaration(node)) return
        else
            ts.forEachChild(node, child =>
                visit(child, answersOf(node) ?? answers)
            )
    }
    visit(source, undefined)
    return rows
}

/** Of a function whose sentences are told by its caller. */
function answersOf(node: ts.Node): RuleRow["kind"] | undefined {
    if (!ts.isFunctionDeclaration(node) && !ts.isMethodDeclaration(node))
        return undefined
    const name = node.name?.getText() ?? ""
    if (!SENTENCES.test(name)) return undefined
    return name.startsWith("doubtful") ? "warning" : "error"
}

function kindOf({
    expression,
}: ts.CallExpression): RuleRow["kind"] | undefined {
    if (!ts.isPropertyAccessExpression(expression)) return undefined
    const name = expression.name.text
    if (ERRORS.includes(name)) return "error"
    return WARNINGS.includes(name) ? "warning" : undefined
}

function sentencesIn(argument: ts.Node): ts.Node[] {
    if (isText(argument)) return [argument]
    if (ts.isConditionalExpression(argument))
        return [argument.whenTrue, argument.whenFalse].filter(isText)
    return ts.isBinaryExpression(argument) ? [argument] : []
}

function isText(node: ts.Node): boolean {
    return (
        ts.isStringLiteral(node) ||
        ts.isNoSubstitutionTemplateLiteral(node) ||
        ts.isTemplateExpression(node)
    )
}

function textOf(node: ts.Node): string | undefined {
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node))
        return node.text
    if (ts.isTemplateExpression(node))
        return (
            node.head.text +
            node.templateSpans.map(span => `…${span.literal.text}`).join("")
        )
    if (!ts.isBinaryExpression(node)) return undefined
    const [left, right] = [textOf(node.left), textOf(node.right)]
    return left !== undefined && right !== undefined ? left + right : undefined
}

/** A literal, or a constant of the file. */
function sectionOf(node: ts.Node, file: ts.SourceFile): string | undefined {
    const text = textOf(node)
    if (text !== undefined) return SECTION.test(text) ? text : undefined
    if (!ts.isIdentifier(node)) return undefined
    for (const statement of file.statements)
        if (ts.isVariableStatement(statement))
            for (const { name, initializer } of statement.declarationList
                .declarations)
                if (name.getText() === node.text && initializer)
                    return sectionOf(initializer, file)
    return undefined
}

/** The folder names the block; files of sim/stm32 itself their own. */
function blockOf(file: string): string {
    const folder = basename(dirname(file))
    const name =
        folder === "stm32" || folder === "pixels" || folder === "jpeg"
            ? basename(file, ".ts")
            : folder
    return name === "register-rules" ? "any block of the chip" : name
}
