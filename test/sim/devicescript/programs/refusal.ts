// SPDX-License-Identifier: MIT
// A driver refuses a request; the message is longer than a line of the VM's log.

class SensorError extends Error {}

let reasons = ""
for (let i = 0; i < 60; ++i) reasons += " reason " + (i + 100)

throw new SensorError("SENSOR: no, for these reasons:" + reasons)
