// SPDX-License-Identifier: MIT
// The registers of a Cortex-M4F as GDB is told of them ("Debugging with GDB", G.5.3 "ARM Features"), and their numbers.

/** One register: its number is its place in REGISTERS. */
export interface GdbRegister {
    readonly name: string
    readonly bits: 8 | 32 | 64
    readonly type: string
}

interface Feature {
    readonly name: string
    readonly registers: readonly GdbRegister[]
}

function word(name: string, type = "int"): GdbRegister {
    return { name, bits: 32, type }
}

const FEATURES: readonly Feature[] = [
    {
        name: "org.gnu.gdb.arm.m-profile",
        registers: [
            ...Array.from({ length: 13 }, (_, i) => word(`r${i}`)),
            word("sp", "data_ptr"),
            word("lr"),
            word("pc", "code_ptr"),
            word("xpsr"),
        ],
    },
    {
        name: "org.gnu.gdb.arm.vfp",
        registers: [
            ...Array.from({ length: 16 }, (_, i): GdbRegister => ({
                name: `d${i}`,
                bits: 64,
                type: "ieee_double",
            })),
            word("fpscr"),
        ],
    },
    {
        name: "org.gnu.gdb.arm.m-system",
        registers: [
            word("msp", "data_ptr"),
            word("psp", "data_ptr"),
            { name: "primask", bits: 8, type: "int8" },
            { name: "basepri", bits: 8, type: "int8" },
            { name: "faultmask", bits: 8, type: "int8" },
            { name: "control", bits: 8, type: "int8" },
        ],
    },
]

/** In the order of their numbers, which is that of the packet g. */
export const REGISTERS: readonly GdbRegister[] = FEATURES.flatMap(
    ({ registers }) => registers
)

/** The annex target.xml of qXfer:features:read. */
export function targetDescription(): string {
    let number = 0
    const features = FEATURES.map(({ name, registers }) => {
        const lines = registers.map(
            register =>
                `    <reg name="${register.name}" bitsize="${register.bits}" regnum="${number++}" type="${register.type}"/>`
        )
        return `  <feature name="${name}">\n${lines.join("\n")}\n  </feature>`
    })
    return `<?xml version="1.0"?>
<!DOCTYPE target SYSTEM "gdb-target.dtd">
<target version="1.0">
  <architecture>arm</architecture>
${features.join("\n")}
</target>
`
}
