// SPDX-License-Identifier: MIT
// The facts of the STM32F4 that are used: base addresses, offsets, bit fields, interrupt numbers (RM0090, RM0390, PM0214).
// One row per register: name, offset, fields as NAME:position or NAME:position+width. "@446" adds fields on that chip only.

export const CHIPS = ["407", "429", "446"] as const
export type Chip = (typeof CHIPS)[number]

export interface Field {
    readonly position: number
    readonly width: number
}

export interface Register {
    readonly offset: number
    readonly fields: ReadonlyMap<string, Field>
}

export type Registers = ReadonlyMap<string, Register>

export interface Block {
    /** Instances and their base addresses. */
    readonly bases: Readonly<Record<string, number>>
    /** Registers on a chip. */
    registers(chip: Chip): Registers
}

/** The bits of a field in its register. */
export function maskOf({ position, width }: Field): number {
    return (((2 ** width - 1) * 2 ** position) & 0xffffffff) >>> 0
}

function parse(rows: string, chip: Chip): Registers {
    const registers = new Map<
        string,
        { offset: number; fields: Map<string, Field> }
    >()
    for (const row of rows.trim().split("\n")) {
        if (row.trim() === "") continue
        const [head, second, ...rest] = row.trim().split(/\s+/) as [
            string,
            string,
            ...string[],
        ]
        const [name, chips] = head.split("@") as [string, string | undefined]
        if (chips !== undefined && !chips.split(",").includes(chip)) continue
        const known = registers.get(name)
        const fields = known === undefined ? rest : [second, ...rest]
        const register = known ?? {
            offset: Number(second),
            fields: new Map<string, Field>(),
        }
        registers.set(name, register)
        for (const text of fields) {
            const [, field, position, width] = /^(\w+):(\d+)(?:\+(\d+))?$/.exec(
                text
            )!
            register.fields.set(field!, {
                position: Number(position),
                width: Number(width ?? 1),
            })
        }
    }
    return registers
}

/** A block from its rows. */
export function block(
    bases: Readonly<Record<string, number>>,
    rows: string
): Block {
    return { bases, registers: chip => parse(rows, chip) }
}

const DCMI_FLAGS = "FRAME:0 OVR:1 ERR:2 VSYNC:3 LINE:4"

/** RM0090 §15.8, RM0390 §15.7. */
export const DCMI = block(
    { DCMI: 0x50050000 },
    `
    CR 0x00 CAPTURE:0 CM:1 CROP:2 JPEG:3 ESS:4 PCKPOL:5 HSPOL:6 VSPOL:7 FCRC:8+2 EDM:10+2 ENABLE:14
    CR@446 BSM:16+2 OEBS:18 LSM:19 OELS:20
    SR 0x04 HSYNC:0 VSYNC:1 FNE:2
    RIS 0x08 ${DCMI_FLAGS}
    IER 0x0c ${DCMI_FLAGS}
    MIS 0x10 ${DCMI_FLAGS}
    ICR 0x14 ${DCMI_FLAGS}
    ESCR 0x18 FSC:0+8 LSC:8+8 LEC:16+8 FEC:24+8
    ESUR 0x1c FSU:0+8 LSU:8+8 LEU:16+8 FEU:24+8
    CWSTRT 0x20 HOFFCNT:0+14 VST:16+13
    CWSIZE 0x24 CAPCNT:0+14 VLINE:16+14
    DR 0x28 BYTE0:0+8 BYTE1:8+8 BYTE2:16+8 BYTE3:24+8`
)

const FLAG_POSITIONS = [0, 6, 16, 22]

function dmaFlags(first: number, prefix: string): string {
    const flags = [
        ["FEIF", 0],
        ["DMEIF", 2],
        ["TEIF", 3],
        ["HTIF", 4],
        ["TCIF", 5],
    ] as const
    return FLAG_POSITIONS.flatMap((base, i) =>
        flags.map(([flag, bit]) => `${prefix}${flag}${first + i}:${base + bit}`)
    ).join(" ")
}

function dmaStream(n: number): string {
    const at = (offset: number): string =>
        `0x${(0x10 + 0x18 * n + offset).toString(16)}`
    return `
    S${n}CR ${at(0x00)} EN:0 DMEIE:1 TEIE:2 HTIE:3 TCIE:4 PFCTRL:5 DIR:6+2 CIRC:8 PINC:9 MINC:10 PSIZE:11+2 MSIZE:13+2 PINCOS:15 PL:16+2 DBM:18 CT:19 PBURST:21+2 MBURST:23+2 CHSEL:25+3
    S${n}NDTR ${at(0x04)} NDT:0+16
    S${n}PAR ${at(0x08)} PA:0+32
    S${n}M0AR ${at(0x0c)} M0A:0+32
    S${n}M1AR ${at(0x10)} M1A:0+32
    S${n}FCR ${at(0x14)} FTH:0+2 DMDIS:2 FS:3+3 FEIE:7`
}

/** RM0090 §10.5, RM0390 §9.5. */
export const DMA = block(
    { DMA1: 0x40026000, DMA2: 0x40026400 },
    `
    LISR 0x00 ${dmaFlags(0, "")}
    HISR 0x04 ${dmaFlags(4, "")}
    LIFCR 0x08 ${dmaFlags(0, "C")}
    HIFCR 0x0c ${dmaFlags(4, "C")}
    ${[0, 1, 2, 3, 4, 5, 6, 7].map(dmaStream).join("\n").trim()}`
)

/** Names of field values that the C code uses: RM0090 §3.9.7, §5.4.1, §7.3.3, §10.5.5, §10.5.10. */
export const FIELD_VALUES: Readonly<Record<string, number>> = {
    PSIZE_WORD: 2,
    MSIZE_WORD: 2,
    PL_VERY_HIGH: 3,
    DIR_TO_PERIPHERAL: 1,
    CHSEL_1: 1,
    CHSEL_4: 4,
    FTH_FULL: 3,
    SW_PLL: 2,
    SWS_PLL: 2,
    VOS_F407: 1,
}

/** Flags of RCC_CSR whose names in ST's SVD files, and so in the table, are not the manual's. */
export const SVD_NAMES: Readonly<Record<string, string>> = {
    PINRSTF: "PADRSTF",
    IWDGRSTF: "WDGRSTF",
}

/** RM0090 §27.6, RM0390 §24.6. */
export const I2C = block(
    { I2C1: 0x40005400, I2C2: 0x40005800, I2C3: 0x40005c00 },
    `
    CR1 0x00 PE:0 SMBUS:1 SMBTYPE:3 ENARP:4 ENPEC:5 ENGC:6 NOSTRETCH:7 START:8 STOP:9 ACK:10 POS:11 PEC:12 ALERT:13 SWRST:15
    CR2 0x04 FREQ:0+6 ITERREN:8 ITEVTEN:9 ITBUFEN:10 DMAEN:11 LAST:12
    OAR1 0x08 ADD0:0 ADD7:1+7 ADD10:8+2 ADDMODE:15
    OAR2 0x0c ENDUAL:0 ADD2:1+7
    DR 0x10 DR:0+8
    SR1 0x14 SB:0 ADDR:1 BTF:2 ADD10:3 STOPF:4 RXNE:6 TXE:7 BERR:8 ARLO:9 AF:10 OVR:11 PECERR:12 TIMEOUT:14 SMBALERT:15
    SR2 0x18 MSL:0 BUSY:1 TRA:2 GENCALL:4 SMBDEFAULT:5 SMBHOST:6 DUALF:7 PEC:8+8
    CCR 0x1c CCR:0+12 DUTY:14 F_S:15
    TRISE 0x20 TRISE:0+6
    FLTR@429,446 0x24 DNF:0+4 ANOFF:4`
)

function perPin(name: string, bits: number, first = 0, count = 16): string {
    return Array.from(
        { length: count },
        (_, i) => `${name}${first + i}:${i * bits}+${bits}`
    ).join(" ")
}

const PORTS = "ABCDEFGHI"

/** RM0090 §8.4, RM0390 §7.4. */
export const GPIO = block(
    Object.fromEntries(
        [...PORTS].map((port, i) => [`GPIO${port}`, 0x40020000 + 0x400 * i])
    ),
    `
    MODER 0x00 ${perPin("MODER", 2)}
    OTYPER 0x04 ${perPin("OT", 1)}
    OSPEEDR 0x08 ${perPin("OSPEEDR", 2)}
    PUPDR 0x0c ${perPin("PUPDR", 2)}
    IDR 0x10 ${perPin("IDR", 1)}
    ODR 0x14 ${perPin("ODR", 1)}
    BSRR 0x18 ${perPin("BS", 1)} ${[...Array(16).keys()].map(i => `BR${i}:${16 + i}`).join(" ")}
    LCKR 0x1c ${perPin("LCK", 1)} LCKK:16
    AFRL 0x20 ${perPin("AFRL", 4, 0, 8)}
    AFRH 0x24 ${perPin("AFRH", 4, 8, 8)}`
)

/** Reset values of the ports that have some; [MODER, OSPEEDR, PUPDR]. RM0090 §8.4. */
export const GPIO_RESETS: Readonly<
    Record<string, readonly [number, number, number]>
> = {
    GPIOA: [0xa8000000, 0x00000000, 0x64000000],
    GPIOB: [0x00000280, 0x000000c0, 0x00000100],
    GPIOC: [0, 0, 0],
}

/** Port blocks that a chip has. */
export const GPIO_PORTS: Readonly<Record<Chip, string>> = {
    "407": PORTS,
    "429": PORTS,
    "446": "ABCDEFGH",
}

/** RM0090 §7.3, RM0390 §6.3: what is modelled. Reset registers have the bits of their enable register. */
export const RCC = block(
    { RCC: 0x40023800 },
    `
    CR 0x00 HSION:0 HSIRDY:1 HSITRIM:3+5 HSICAL:8+8 HSEON:16 HSERDY:17 HSEBYP:18 CSSON:19 PLLON:24 PLLRDY:25 PLLI2SON:26 PLLI2SRDY:27
    CR@429,446 PLLSAION:28 PLLSAIRDY:29
    PLLCFGR 0x04 PLLM:0+6 PLLN:6+9 PLLP:16+2 PLLSRC:22 PLLQ:24+4
    PLLCFGR@446 PLLR:28+3
    CFGR 0x08 SW:0+2 SWS:2+2 HPRE:4+4 PPRE1:10+3 PPRE2:13+3 RTCPRE:16+5 MCO1:21+2 I2SSRC:23 MCO1PRE:24+3 MCO2PRE:27+3 MCO2:30+2
    CIR 0x0c LSIRDYF:0 LSERDYF:1 HSIRDYF:2 HSERDYF:3 PLLRDYF:4 PLLI2SRDYF:5 CSSF:7 LSIRDYIE:8 LSERDYIE:9 HSIRDYIE:10 HSERDYIE:11 PLLRDYIE:12 PLLI2SRDYIE:13 LSIRDYC:16 LSERDYC:17 HSIRDYC:18 HSERDYC:19 PLLRDYC:20 PLLI2SRDYC:21 CSSC:23
    CIR@429,446 PLLSAIRDYF:6 PLLSAIRDYIE:14 PLLSAIRDYC:22
    AHB1RSTR 0x10
    AHB2RSTR 0x14
    AHB3RSTR 0x18
    APB1RSTR 0x20
    APB2RSTR 0x24
    AHB1ENR 0x30 GPIOAEN:0 GPIOBEN:1 GPIOCEN:2 GPIODEN:3 GPIOEEN:4 GPIOFEN:5 GPIOGEN:6 GPIOHEN:7 CRCEN:12 BKPSRAMEN:18 DMA1EN:21 DMA2EN:22 OTGHSEN:29 OTGHSULPIEN:30
    AHB1ENR@407,429 GPIOIEN:8 CCMDATARAMEN:20 ETHMACEN:25 ETHMACTXEN:26 ETHMACRXEN:27 ETHMACPTPEN:28
    AHB1ENR@429 GPIOJEN:9 GPIOKEN:10 DMA2DEN:23
    AHB2ENR 0x34 DCMIEN:0 OTGFSEN:7
    AHB2ENR@407,429 RNGEN:6
    AHB2ENR@429 CRYPEN:4 HASHEN:5
    AHB3ENR 0x38
    AHB3ENR@407 FSMCEN:0
    AHB3ENR@429,446 FMCEN:0
    AHB3ENR@446 QSPIEN:1
    APB1ENR 0x40 TIM2EN:0 TIM3EN:1 TIM4EN:2 TIM5EN:3 TIM6EN:4 TIM7EN:5 TIM12EN:6 TIM13EN:7 TIM14EN:8 WWDGEN:11 SPI2EN:14 SPI3EN:15 USART2EN:17 USART3EN:18 UART4EN:19 UART5EN:20 I2C1EN:21 I2C2EN:22 I2C3EN:23 CAN1EN:25 CAN2EN:26 PWREN:28 DACEN:29
    APB1ENR@429 UART7EN:30 UART8EN:31
    APB1ENR@446 SPDIFEN:16 I2CFMP1EN:24 CECEN:27
    APB2ENR 0x44 TIM1EN:0 TIM8EN:1 USART1EN:4 USART6EN:5 ADC1EN:8 ADC2EN:9 ADC3EN:10 SDIOEN:11 SPI1EN:12 SYSCFGEN:14 TIM9EN:16 TIM10EN:17 TIM11EN:18
    APB2ENR@429 SPI4EN:13 SPI5EN:20 SPI6EN:21 SAI1EN:22 LTDCEN:26
    APB2ENR@446 SPI4EN:13 SAI1EN:22 SAI2EN:23
    AHB1LPENR 0x50
    AHB2LPENR 0x54
    AHB3LPENR 0x58
    APB1LPENR 0x60
    APB2LPENR 0x64
    BDCR 0x70 LSEON:0 LSERDY:1 LSEBYP:2 RTCSEL:8+2 RTCEN:15 BDRST:16
    BDCR@446 LSEMOD:3
    CSR 0x74 LSION:0 LSIRDY:1 RMVF:24 BORRSTF:25 PADRSTF:26 PORRSTF:27 SFTRSTF:28 WDGRSTF:29 WWDGRSTF:30 LPWRRSTF:31
    SSCGR 0x80
    PLLI2SCFGR 0x84
    PLLSAICFGR@429,446 0x88
    DCKCFGR@429,446 0x8c TIMPRE:24
    CKGATENR@446 0x90
    DCKCFGR2@446 0x94`
)

/** Blocks with an enable bit but no reset bit of their own. */
export const RCC_WITHOUT_RESET: readonly string[] = [
    "BKPSRAMEN",
    "CCMDATARAMEN",
    "ETHMACTXEN",
    "ETHMACRXEN",
    "ETHMACPTPEN",
    "OTGHSULPIEN",
    "ADC2EN",
    "ADC3EN",
]

/** PM0214 §4.3: first register of each bank, address. */
export const NVIC: Readonly<Record<string, number>> = {
    ISER: 0xe000e100,
    ICER: 0xe000e180,
    ISPR: 0xe000e200,
    ICPR: 0xe000e280,
    IABR: 0xe000e300,
    IPR: 0xe000e400,
}

/** RM0090 table 62, RM0390 table 38. */
export const INTERRUPTS: Readonly<Record<string, number>> = {
    FLASH: 4,
    RCC: 5,
    EXTI0: 6,
    EXTI1: 7,
    EXTI2: 8,
    EXTI3: 9,
    EXTI4: 10,
    DMA1_Stream0: 11,
    DMA1_Stream1: 12,
    DMA1_Stream2: 13,
    DMA1_Stream3: 14,
    DMA1_Stream4: 15,
    DMA1_Stream5: 16,
    DMA1_Stream6: 17,
    EXTI9_5: 23,
    TIM1_BRK_TIM9: 24,
    TIM1_UP_TIM10: 25,
    TIM1_TRG_COM_TIM11: 26,
    TIM1_CC: 27,
    TIM2: 28,
    TIM3: 29,
    TIM4: 30,
    I2C1_EV: 31,
    I2C1_ER: 32,
    I2C2_EV: 33,
    I2C2_ER: 34,
    SPI1: 35,
    SPI2: 36,
    USART1: 37,
    USART2: 38,
    USART3: 39,
    EXTI15_10: 40,
    TIM8_BRK_TIM12: 43,
    TIM8_UP_TIM13: 44,
    TIM8_TRG_COM_TIM14: 45,
    TIM8_CC: 46,
    DMA1_Stream7: 47,
    TIM5: 50,
    SPI3: 51,
    UART4: 52,
    UART5: 53,
    TIM6_DAC: 54,
    TIM7: 55,
    DMA2_Stream0: 56,
    DMA2_Stream1: 57,
    DMA2_Stream2: 58,
    DMA2_Stream3: 59,
    DMA2_Stream4: 60,
    DMA2_Stream5: 68,
    DMA2_Stream6: 69,
    DMA2_Stream7: 70,
    USART6: 71,
    I2C3_EV: 72,
    I2C3_ER: 73,
    DCMI: 78,
}
