// SPDX-License-Identifier: MIT
// Figures as people read them.

/** Bytes in KB of 1024. */
export function bytesWords(bytes: number): string {
    return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KB`
}
