// SPDX-License-Identifier: MIT
// A mistake at top level, before anything is asked of the sensor.
throw new Error("a mistake of this program")
