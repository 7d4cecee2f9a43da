// SPDX-License-Identifier: MIT
// The table of a run's coverage, room by room.

import { dirname } from "node:path"
import type { Coverage, CoverageShare } from "../../../sim/inside/coverage.ts"

/** Rooms of what runs on a board. */
const ON_THE_BOARD = /^(native|firmware|drivers|src)\//
/** Programs that show or measure something. */
const PROGRAMS = /^src\/(bench|examples|selftest)\//

/** Source files of ours, with their paths from the project's folder. */
export function isOfARoom(file: string): boolean {
    return ON_THE_BOARD.test(file) && !PROGRAMS.test(file)
}

/** One line per room. */
export function roomLines(coverage: Coverage): string[] {
    const rooms = [...coverage.byFile.keys()].map(file => dirname(file))
    return [...new Set(rooms)].sort().map(room => {
        const inRoom = (file: string): boolean => dirname(file) === room
        const lines = coverage.share("lines", inRoom)
        const branches = coverage.share("branches", inRoom)
        return `  ${room.padEnd(24)}${share(lines)}${branches.total ? share(branches) : ""}`
    })
}

function share({ covered, total }: CoverageShare): string {
    const percent = ((100 * covered) / total).toFixed(1)
    return `${covered} of ${total}`.padStart(16) + `${percent} %`.padStart(9)
}
