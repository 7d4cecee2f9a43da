// SPDX-License-Identifier: MIT
// Never pauses.

let turns = 0
function spin() {
    while (true) turns++
}
spin()
