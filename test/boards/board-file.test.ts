// SPDX-License-Identifier: MIT
// A board file that contradicts itself or the chip is refused with the value and its limit.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import {
    boardNames,
    flashSectors,
    parseBoard,
    readBoard,
    type BoardJson,
} from "../../boards/board-file.ts"
import { projectRoot } from "../../toolchain/paths.ts"
import type { SensorName } from "../../protocol/names.ts"

/** A board file with changes, by path: { "hse.hz": 25e6 }. */
function parsed(
    name: string,
    changes: Readonly<Record<string, unknown>>,
    sensor: SensorName = "mt9v034"
): () => unknown {
    const json = JSON.parse(
        readFileSync(join(projectRoot, "boards", `${name}.json`), "utf8")
    ) as BoardJson
    for (const [path, value] of Object.entries(changes)) {
        const keys = path.split(".")
        const last = keys.pop()!
        let place = json as unknown as Record<string, unknown>
        for (const key of keys) place = place[key] as Record<string, unknown>
        place[last] = value
    }
    return () => parseBoard(json, sensor)
}

describe("board files", () => {
    it.each(boardNames())("%s is right for both sensors", name => {
        for (const sensor of ["mt9v034", "ov2640"] as const)
            expect(readBoard(name, sensor).name).toBe(name)
    })

    it("gives the discovery board's sensor 21 MHz from a timer", () => {
        const { xclkHz, xclk } = readBoard("stm32f4-discovery").sensor
        expect(xclkHz).toBe(21_000_000)
        expect(xclk).toMatchObject({ source: "timer", pin: "PA8" })
    })
})

describe("a board file", () => {
    it.each([
        [
            { "hse.hz": 25e6 },
            /hse \/ pll.m is 3125000 Hz: the PLL takes 1 to 2 MHz/,
        ],
        [{ "pll.n": 432 }, /the PLL gives 216000000 Hz, hclkHz says 168000000/],
        [
            { "pll.n": 480 },
            /is 480000000 Hz: the PLL's oscillator runs at 100 to 432 MHz/,
        ],
        [{ "pll.p": 3 }, /pll.p 3 is not 2, 4, 6 or 8/],
        [
            { hclkHz: 180e6, "pll.n": 360, pclk1Hz: 45e6, pclk2Hz: 90e6 },
            /hclkHz 180000000 is over the limit of 168000000 of an stm32f407/,
        ],
        [{ pclk1Hz: 84e6 }, /pclk1Hz 84000000 is over the limit of 42000000/],
        [
            { "sensor.reset": { pin: "PA6" } },
            /pin PA6 is given to both DCMI PIXCLK and the sensor's RESET/,
        ],
        [
            { "console.tx": { pin: "PB10", af: 7 } },
            /pin PB10 is given to both I2C2 SCL and USART2 TX/,
        ],
        [
            { "console.baud": 115200 },
            /console.baud 115200: the link runs at 921600 baud only/,
        ],
        [
            {
                slots: [
                    { address: "0x08040000", bytes: 65536 },
                    { address: "0x08060000", bytes: 131072 },
                ],
            },
            /0x8050000 is not the border of a flash sector/,
        ],
        [
            {
                slots: [
                    { address: "0x08000000", bytes: 16384 },
                    { address: "0x08060000", bytes: 131072 },
                ],
            },
            /0x8000000 overlaps the firmware/,
        ],
        [
            {
                slots: [
                    { address: "0x08040000", bytes: 262144 },
                    { address: "0x08060000", bytes: 131072 },
                ],
            },
            /0x8060000 overlaps the firmware or the slot before it/,
        ],
        [
            {
                slots: [
                    { address: "0x08060000", bytes: 131072 },
                    { address: "0x08080000", bytes: 131072 },
                ],
            },
            /0x80a0000 is not the border/,
        ],
        [{ slots: [] }, /there are 0 program slots, two are needed/],
        [
            { "ram.vmStack.bytes": 1000 },
            /ram.vmStack of 1000 bytes is not a multiple of 32/,
        ],
        [
            { "ram.gcHeap.memory": "SRAM" },
            /ram.vmNativeStack lies in CCM and ram.gcHeap in SRAM/,
        ],
        [
            { "ram.nativeData": { memory: "CCM", bytes: 1024 } },
            /ram.nativeData lies in CCM: what is native lies in SRAM/,
        ],
        [
            { "ram.gcHeap.bytes": 65536 },
            /need 84960 bytes, it has 65536: vmNativeStack 2272 \+ /,
        ],
        [
            {
                "sensor.xclk.mt9v034": {
                    source: "timer",
                    hz: 24e6,
                    timer: "TIM1",
                    channel: 1,
                    divider: 8,
                    pin: "PA8",
                    af: 1,
                },
            },
            /timer by 8 gives 21000000 Hz, hz says 24000000/,
        ],
        [
            {
                "sensor.xclk.mt9v034": {
                    source: "mco1",
                    hz: 16e6,
                    input: "sysclk",
                    divider: 1,
                    pin: "PA8",
                    af: 0,
                },
            },
            /mco1 has no input sysclk/,
        ],
        [
            {
                "sensor.xclk.mt9v034": {
                    source: "mco1",
                    hz: 16e6,
                    input: "hsi",
                    divider: 6,
                    pin: "PA8",
                    af: 0,
                },
            },
            /mco1 divides by 1 to 5, not by 6/,
        ],
        [
            {
                "sensor.xclk.mt9v034": {
                    source: "timer",
                    hz: 24e6,
                    timer: "TIM1",
                    channel: 1,
                    divider: 7,
                    pin: "PA8",
                    af: 1,
                },
            },
            /TIM1 by 7 is high for 57 % of the time, the sensors take 45 to 55 %; 8 gives 50 %/,
        ],
        [
            { "sensor.xclk.mt9v034": { source: "module", hz: 6e6 } },
            /clock of 6000000 Hz: the MT9V034 takes 13000000 to 27000000 Hz/,
        ],
        [
            { "sensor.dcmi.D5": { pin: "PD3", af: 13 } },
            /pin PD3 cannot be DCMI D5 on an stm32f407: PB6 or PI4 can/,
        ],
        [
            { "sensor.i2c.sda": { pin: "PB3", af: 4 } },
            /pin PB3 cannot be I2C2 SDA on an stm32f407: PB11 or PF0 or PH5 can/,
        ],
        [
            { "sensor.dcmi.D5": { pin: "PB6", af: 4 } },
            /pin PB6 is DCMI D5 as alternate function 13, not 4/,
        ],
        [{ chip: "stm32f411" }, /chip stm32f411 has no model: there are /],
        [
            { flashBytes: 1e15 },
            /flashBytes 1000000000000000 is no size of such a chip: there are 256, 512, 1024, 2048 KB/,
        ],
        [{ flashBytes: 0 }, /flashBytes 0 is no size of such a chip/],
        [
            { "sensor.dcmi.D5": undefined },
            /sensor\.dcmi\.D5 is missing: the sensor's bus needs it/,
        ],
        [
            { "sensor.xclk.mt9v034": undefined },
            /sensor\.xclk\.mt9v034 is missing: nothing says where/,
        ],
        [
            { "sensor.xclk.mt9v034.source": "pwm" },
            /sensor\.xclk\.mt9v034\.source "pwm" is none of module, mco1, mco2, timer/,
        ],
        [
            { "sensor.i2c.instance": "I2C9" },
            /sensor\.i2c\.instance "I2C9" is none of I2C1, I2C2, I2C3/,
        ],
        [
            { "memories.0.dma": false },
            /none of its memories is one that DMA reaches/,
        ],
        [
            { "memories.0.address": "SRAM" },
            /SRAM: address "SRAM" is not one like 0x20000000/,
        ],
        [
            { "memories.0.bytes": 1e15 },
            /SRAM has 1000000000000000 bytes: a memory of an STM32F4 has 1 KB to 256 KB/,
        ],
        [
            { "ram.vmHeap.memory": "TCM" },
            /ram\.vmHeap lies in TCM, which is none of its memories: SRAM, CCM/,
        ],
        [{ hold: { PA6: "low" } }, /PA6 is given to both DCMI PIXCLK and hold/],
        [{ hold: { PD4: "up" } }, /hold.PD4 "up" is not "low" or "high"/],
        [
            {
                hold: Object.fromEntries(
                    [2, 4, 5, 6, 7].map(n => [`PD${n}`, "low"])
                ),
            },
            /hold has 5 pins: the firmware has room for 4/,
        ],
        [
            { "wiring.headers.PA6": ["J2-30"] },
            /wiring: J2-30 is given to both PA6 and PA7/,
        ],
        [
            { "wiring.headers.PA6": ["29 of J2"] },
            /"29 of J2" of PA6 is not a place on a header, such as "CN10-35"/,
        ],
    ])("with %j is refused", (changes, message) => {
        expect(parsed("stm32f407ve", changes)).toThrow(message)
    })

    it("may take the sensor's clock from MCO1", () => {
        const mco = {
            source: "mco1",
            hz: 16e6,
            input: "hsi",
            divider: 1,
            pin: "PA8",
            af: 0,
        }
        expect(
            parsed("stm32f407ve", { "sensor.xclk.mt9v034": mco })
        ).not.toThrow()
    })
})

describe("flash sectors", () => {
    it("are those of the reference manual", () => {
        const starts = (bytes: number): number[] =>
            flashSectors(bytes).map(({ address }) => address)
        expect(flashSectors(524288)).toHaveLength(8)
        expect(flashSectors(1048576)).toHaveLength(12)
        const two = starts(2097152)
        expect(two).toHaveLength(24)
        expect(two[4]).toBe(0x08010000)
        expect(two[5]).toBe(0x08020000)
        expect(two[11]).toBe(0x080e0000)
        expect(two[12]).toBe(0x08100000)
        expect(two[17]).toBe(0x08120000)
    })
})
