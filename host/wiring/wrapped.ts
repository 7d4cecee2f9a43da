// SPDX-License-Identifier: MIT

/** Break a sentence into lines of at most so many characters, at spaces; a longer word stays whole. */
export function wrapped(sentence: string, characters: number): string[] {
    const lines: string[] = []
    for (const word of sentence.split(" ")) {
        const last = lines.at(-1)
        if (last !== undefined && last.length + 1 + word.length <= characters)
            lines[lines.length - 1] = `${last} ${word}`
        else lines.push(word)
    }
    return lines
}
