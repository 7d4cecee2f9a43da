// SPDX-License-Identifier: MIT
// What a sensor model warns of: each sentence once. A program in a loop has the same reason a million times, or ever others.

const KEPT_MAX = 64

/** The newest sentences, in the order in which each was first said. */
export class WarningList {
    private readonly sentences = new Set<string>()

    add(sentence: string): void {
        const { sentences } = this
        sentences.add(sentence)
        if (sentences.size > KEPT_MAX)
            sentences.delete(sentences.values().next().value!)
    }

    all(): readonly string[] {
        return [...this.sentences]
    }
}
