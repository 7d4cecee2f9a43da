// SPDX-License-Identifier: MIT
// The link's client where no board is needed: text, requests, ports.

import { describe, expect, it } from "vitest"
import { BootText } from "../../../host/link/boot-text.ts"
import { LinkClient, type ByteStream } from "../../../host/link/link-client.ts"
import { LinkRefusedError } from "../../../host/link/link-errors.ts"
import {
    describe as describePorts,
    openSerialPort,
} from "../../../host/link/serial-port.ts"
import { ErrorCode, MessageType } from "../../../protocol/link/wire.ts"
import { UsageError } from "../../../protocol/errors.ts"

const text = (line: string): Uint8Array => new TextEncoder().encode(line)

describe("boot text", () => {
    it("gives whole printable lines, and none of what stands between", () => {
        const lines: string[] = []
        const boot = new BootText(line => lines.push(line))
        boot.push(text("camscript 0.1.0\r\nsensor: µ"))
        boot.push(text("V\r\n\r\nno return\n\x01\x02\r\ncut"))
        boot.push(Uint8Array.of(0))
        boot.push(text(" off\r\n"))

        expect(lines).toEqual(["camscript 0.1.0", "sensor: µV", " off"])
    })
})

describe("a refusal", () => {
    it.each([
        [
            ErrorCode.FLASH_ERROR,
            0x90,
            0x08040000,
            "FLASH_SR has 0x00000090 (WRPERR, PGSERR)",
        ],
        [ErrorCode.FLASH_TIMEOUT, 0x10000, 4_000_000, "still busy after 4 s"],
        [ErrorCode.NO_HELLO, 1, 1, "it has restarted since the last HELLO"],
        [0x7777, 5, 6, "code 30583, value 5, limit 6"],
    ])("of code %i says what happened", (code, value, limit, message) => {
        const type = MessageType.PROGRAM_DATA
        const error = new LinkRefusedError({
            code,
            type,
            sequence: 0,
            value,
            limit,
        })
        expect(error.message).toContain("the board refuses PROGRAM_DATA: ")
        expect(error.message).toContain(message)
    })
})

describe("a client", () => {
    const silent = (): ByteStream => ({ send: () => {}, onBytes: undefined })

    it("needs a hello before an update", async () => {
        const client = new LinkClient({ stream: silent() })
        await expect(client.updateProgram(new Uint8Array(1))).rejects.toThrow(
            "a program update needs a hello() first"
        )
    })

    it("fails its request when it is closed", async () => {
        const client = new LinkClient({ stream: silent() })
        const hello = client.hello()
        await Promise.resolve()
        client.close()
        await expect(hello).rejects.toThrow("the link was closed")
    })
})

describe("a serial port", () => {
    it("that does not exist is refused with the ports there are", async () => {
        const opening = openSerialPort("/dev/no-such-port")
        await expect(opening).rejects.toThrow(UsageError)
        await expect(opening).rejects.toThrow(
            /^port \/dev\/no-such-port does not open at 921600 baud: .+(Ports: |has no serial port)/
        )
    })

    it("is listed with its maker", () => {
        expect(
            describePorts([
                { path: "/dev/ttyACM0", about: "STMicroelectronics 0671" },
                { path: "/dev/ttyS0", about: "" },
            ])
        ).toBe("Ports: /dev/ttyACM0 (STMicroelectronics 0671), /dev/ttyS0")
    })
})
