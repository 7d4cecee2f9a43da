// SPDX-License-Identifier: MIT
// Where the VM's code and data name addresses of its variables: read off the code, counted here.
//
// The VM's variables (.data and .bss) have addresses from DATA_START to DATA_END. Nothing in WebAssembly tells such an
// address from a number, so every constant of that range is listed, with a reason when it is a number.

/** First address of .data. */
export const DATA_START = 30520
/** End of .bss. */
export const DATA_END = 35808

/** Between .data and .bss: texts of JavaScript that only Emscripten's tools read. Takes no memory on the board. */
export const HOLE_START = 30696
/** A multiple of 16 after the start, so that .bss keeps its alignment. */
export const HOLE_BYTES = 1488

/** What the variables take on the board. */
export const VM_DATA_BYTES = DATA_END - DATA_START - HOLE_BYTES

/** Constants that are addresses, and how often each one occurs. */
export const ADDRESS_CONSTANTS: Readonly<Record<number, number>> = {
    30528: 1,
    32200: 2,
    32240: 26,
    32524: 6,
    32528: 9,
    32880: 4,
    32896: 27,
    32964: 4,
    32968: 24,
    33044: 20,
    33088: 4,
    33120: 5,
    33184: 17,
    33200: 3,
    33452: 20,
    33453: 5,
    33454: 3,
    33455: 1,
    33724: 4,
    33756: 6,
    33772: 3,
    33808: 3,
    33812: 1,
    33816: 3,
    33824: 8,
    33829: 1,
    33844: 5,
    34896: 3,
    34916: 3,
    34920: 4,
    34940: 1,
    34976: 2,
    35036: 8,
    35288: 1,
    35296: 2,
    35300: 1,
    35352: 12,
    35360: 3,
    35364: 1,
    35616: 12,
    35760: 4,
}

/** Loads and stores with an address of that range as their fixed part: how many, and a fingerprint of the whole list. */
export const ADDRESSED_ACCESSES = {
    count: 890,
    fingerprint: "ed812dd6302e29ef",
} as const

/** A number that only looks like an address. */
export interface PlainNumber {
    readonly value: number
    /** Why it is none: each lies inside of an object that is used only by its start. */
    readonly meaning: string
    readonly functions: readonly string[]
}

/** 32528..32847 is the line buffer of app_dmesg and app_process, 32968..33031 and 33032..33043 belong to SHA-256. */
export const PLAIN_NUMBERS: readonly PlainNumber[] = [
    {
        value: 30768,
        meaning: `the characters "0x", stored as 16 bits`,
        functions: ["jd_vsprintf_ext"],
    },
    {
        value: 32538,
        meaning: "an exponent of long double that is added up",
        functions: ["scalbnl"],
    },
    {
        value: 32752,
        meaning: "0x7ff0, the exponent of a double, as a mask",
        functions: [
            "devs_show_value0",
            "devs_value_to_bool",
            "devs_value_to_double",
            "devs_value_typeof",
            "log",
        ],
    },
    {
        value: 32767,
        meaning: "0x7fff, a mask, a limit or an exponent of long double",
        functions: [
            "__addtf3",
            "__divtf3",
            "__fpclassifyl",
            "__multf3",
            "copysignl",
            "devs_decode_role_packet",
            "devs_jd_process_pkt",
            "devs_jd_send_raw",
            "devs_object_get_attached",
            "devs_spec_lookup",
            "devs_value_from_packet_spec",
            "devs_value_from_service_spec",
            "devs_value_from_service_spec_idx",
            "devs_value_to_string",
            "fmodl",
            "jd_numfmt_write_i32",
            "log",
            "meth0_DsRegister_read",
            "meth2_DsRole_sendCommand",
            "methX_DsCommand___func__",
            "methX_DsPacketSpec_encode",
            "methX_DsRegister_write",
            "prop_DsPacketInfo_role",
            "prop_DsPacketSpec_code",
            "prop_DsPacketSpec_name",
            "prop_DsPacketSpec_parent",
            "prop_DsPacketSpec_response",
            "prop_DsPacketSpec_type",
            "scalbnl",
        ],
    },
    {
        value: 32768,
        meaning: "0x8000, a flag or a sign bit",
        functions: [
            "copysignl",
            "devs_function_bind",
            "devs_role_spec",
            "devs_spec_lookup",
            "devs_value_from_packet_spec",
            "exprx1_ascii_field",
            "exprx_static_ascii_string",
            "fmodl",
            "fun2_DeviceScript__serverSend",
            "jd_opipe_process",
            "meth1_DsServiceSpec_assign",
            "methX_DsPacketSpec_encode",
        ],
    },
    {
        value: 32771,
        meaning: "0x8003, a command of a report that is compared",
        functions: ["devs_jd_process_pkt"],
    },
    {
        value: 33023,
        meaning: "0x80ff, a mask for that command",
        functions: ["devs_jd_process_pkt"],
    },
]

/** Words of the data that hold addresses of variables: where, and of what. */
export const DATA_POINTERS: Readonly<Record<number, number>> = {
    30432: 30544,
    30588: 35312,
    30688: 30544,
}

/** The variable in .data from which sbrk hands out memory, and its value in the stock VM: the end of the stack. */
export const HEAP_POINTER = { address: 30692, stock: 101344 } as const
