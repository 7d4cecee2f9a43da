// SPDX-License-Identifier: MIT

import { DcmiCr } from "../../stm32/dcmi/dcmi-registers.ts"
import type { Cause } from "./cause.ts"

export const embeddedSync: Cause = {
    name: "embedded-sync",
    what: "embedded synchronisation (ESS) with a sensor that has sync pins",
    evidence: "ESS in what was written to DCMI_CR",
    find({ written, sensor }) {
        const last = written("DCMI_CR")?.last ?? 0
        if ((last & DcmiCr.ESS) === 0) return undefined
        return `DCMI_CR_ESS = 1 makes the DCMI wait for synchronisation codes in the data (RM0090 §15.5.3), and the ${sensor.name} sends none as it is set up: it marks lines and frames with HSYNC and VSYNC. Leave ESS 0. (Embedded synchronisation is not modelled.)`
    },
}
