// SPDX-License-Identifier: MIT
// The simulator fills cam_board_t in the order in which native/board.h declares their fields.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { readBoard } from "../../boards/board-file.ts"
import {
    boardFields,
    pinCode,
    writeFields,
    type BlockField,
} from "../../boards/board-block.ts"
import { projectRoot } from "../../toolchain/paths.ts"

const header = readFileSync(join(projectRoot, "native/board.h"), "utf8")

/** Names and lengths of a structure's fields. */
function declared(type: string): [string, number][] {
    const end = header.indexOf(`} ${type};`)
    const body = header.slice(header.lastIndexOf("typedef struct {", end), end)
    return [...body.matchAll(/^\s*uint32_t (\w+)(?:\[(\w+)\])?;/gm)].map(
        ([, name, length]) => [
            name!,
            length === undefined
                ? 1
                : Number(new RegExp(`${length} = (\\d+)`).exec(header)![1]),
        ]
    )
}

const shape = (fields: readonly BlockField[]): [string, number][] =>
    fields.map(([name, value]) => [
        name,
        typeof value === "number" ? 1 : value.length,
    ])

describe("board block", () => {
    it("has the fields of cam_board_t in their order", () => {
        expect(declared("cam_board_t").length).toBe(18)
        expect(shape(boardFields(readBoard("nucleo-f446re")))).toEqual(
            declared("cam_board_t")
        )
    })

    it("writes 32-bit words one after the other", () => {
        const view = new DataView(new ArrayBuffer(24))
        writeFields(view, 4, [
            ["a", 1],
            ["b", [2, 0xffffffff]],
            ["c", 4],
        ])
        expect([0, 4, 8, 12, 16].map(at => view.getUint32(at, true))).toEqual([
            0, 1, 2, 0xffffffff, 4,
        ])
    })

    it("names pins by port and number", () => {
        expect(pinCode("PA0")).toBe(0x00)
        expect(pinCode("PB10")).toBe(0x1a)
        expect(pinCode("PI15")).toBe(0x8f)
        expect(pinCode(undefined)).toBe(0xffffffff)
        expect(() => pinCode("PJ1")).toThrow(/"PJ1" is not a pin/)
        expect(() => pinCode("PA16")).toThrow(/"PA16" is not a pin/)
    })

    it("takes the I2C block that the board file names", () => {
        const base = (board: string): unknown =>
            boardFields(readBoard(board)).find(
                ([name]) => name === "i2c_base"
            )![1]
        expect(base("nucleo-f446re")).toBe(0x40005800)
        expect(base("nucleo-f429zi")).toBe(0x40005400)
    })

    it("refuses DCMI pins of different alternate functions", () => {
        const board = readBoard("nucleo-f446re")
        const dcmi = { ...board.sensor.dcmi, D3: { pin: "PC9", af: 12 } }
        expect(() =>
            boardFields({ ...board, sensor: { ...board.sensor, dcmi } })
        ).toThrow(/alternate functions 13, 12/)
    })
})
