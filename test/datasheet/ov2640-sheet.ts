// SPDX-License-Identifier: MIT
// The OV2640's registers as the data sheet (v1.6) prints them, typed here a second time for the datasheet test.

export interface SheetRegister {
    readonly bank: "sensor" | "dsp"
    readonly address: number
    readonly name: string
    /** After reset (UXGA); undefined where the sheet gives none. */
    readonly reset?: number
    readonly readOnly?: boolean
}

function bank(name: "sensor" | "dsp", lines: string): readonly SheetRegister[] {
    return lines
        .trim()
        .split("\n")
        .map(line => {
            const [address, register, reset, access] = line.trim().split(/\s+/)
            return {
                bank: name,
                address: parseInt(address!, 16),
                name: register!,
                reset: reset === "-" ? undefined : parseInt(reset!, 16),
                readOnly: access === "RO",
            }
        })
}

/** Table 12, sensor registers (0xFF = 1). VER is 0x41 in the sheet, 0x42 on current parts. */
export const SENSOR_SHEET = bank(
    "sensor",
    `
    00 GAIN 00
    03 COM1 0F
    04 REG04 20
    08 REG08 40
    09 COM2 00
    0A PID 26 RO
    0B VER 42 RO
    0C COM3 38
    0D COM4 07
    10 AEC 33
    11 CLKRC 00
    12 COM7 00
    13 COM8 C7
    14 COM9 50
    15 COM10 00
    17 HREFST 11
    18 HREFEND 75
    19 VSTRT 01
    1A VEND 97
    1C MIDH 7F RO
    1D MIDL A2 RO
    24 AEW 78
    25 AEB 68
    26 VV D4
    2A REG2A 00
    2B FRARL 00
    2D ADDVSL 00
    2E ADDVSH 00
    2F YAVG 00
    30 HSDY 08
    31 HEDY 30
    32 REG32 36
    34 ARCOM2 20
    45 REG45 00
    46 FLL 00
    47 FLH 00
    48 COM19 00
    49 ZOOMS 00
    4E COM25 -
    4F BD50 CA
    50 BD60 A8
    61 HISTO_LOW 80
    62 HISTO_HIGH 90
`
)

/** Table 11, DSP registers (0xFF = 0). */
export const DSP_SHEET = bank(
    "dsp",
    `
    05 R_BYPASS 01
    44 QS 0C
    50 CTRLI 00
    51 HSIZE 40
    52 VSIZE F0
    53 XOFFL 00
    54 YOFFL 00
    55 VHYX 08
    56 DPRP 00
    57 TEST 00
    5A ZMOW 58
    5B ZMOH 48
    5C ZMHH 00
    7C BPADDR 00
    7D BPDATA 00
    86 CTRL2 0D
    87 CTRL3 50
    8C SIZEL 00
    C0 HSIZE8 80
    C1 VSIZE8 60
    C2 CTRL0 0C
    C3 CTRL1 FF
    D3 R_DVP_SP 82
    DA IMAGE_MODE 00
    E0 RESET 04
    F0 MS_SP 04
    F7 SS_ID -
    F8 SS_CTRL 01
    F9 MC_BIST -
    FA MC_AL -
    FB MC_AH -
    FC MC_D 80
    FD P_CMD -
    FE P_STATUS -
`
)

/** Not in the sheet, written by every known driver. */
export const SENSOR_UNDOCUMENTED = [0x36, 0x5b, 0x5d]
export const DSP_UNDOCUMENTED = [
    0x00, 0x33, 0x3c, 0x88, 0x90, 0x91, 0xd7, 0xd9, 0xdd, 0xdf, 0xe1, 0xe5,
    0xeb,
]

/** Window registers after COM7 has selected a mode: [COM1, HREFST, HREFEND, VSTRT, VEND, REG32]. */
export const MODE_RESETS = [
    { mode: "UXGA", com7: 0x00, values: [0x0f, 0x11, 0x75, 0x01, 0x97, 0x36] },
    { mode: "SVGA", com7: 0x40, values: [0x0a, 0x11, 0x43, 0x00, 0x4b, 0x09] },
    { mode: "CIF", com7: 0x20, values: [0x06, 0x11, 0x43, 0x00, 0x25, 0x09] },
    {
        mode: "CIF as the sheet codes it",
        com7: 0x10,
        values: [0x06, 0x11, 0x43, 0x00, 0x25, 0x09],
    },
]
