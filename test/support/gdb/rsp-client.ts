// SPDX-License-Identifier: MIT
// A small client of GDB's remote serial protocol: written from the protocol's description, with nothing of the server's.

import { connect, type Socket } from "node:net"

/** The stop that a resumed program came to. */
export interface StopReply {
    /** "T05watch:20001000;" */
    readonly reply: string
    /** What was written on the console until then. */
    readonly console: string
}

export class RspClient {
    private text = ""
    private readonly packets: string[] = []
    private waiting: (() => void) | undefined

    static async open(port: number): Promise<RspClient> {
        const socket = connect(port, "127.0.0.1")
        await new Promise((resolve, reject) => {
            socket.once("connect", resolve)
            socket.once("error", reject)
        })
        return new RspClient(socket)
    }

    private constructor(private readonly socket: Socket) {
        socket.on("data", bytes => {
            this.text += bytes.toString("latin1")
            this.cut()
        })
        socket.on("close", () => {
            this.packets.push("closed")
            this.waiting?.()
        })
    }

    /** Send a command, and get its answer. */
    async ask(command: string): Promise<string> {
        this.send(command)
        return this.next()
    }

    /** Let the program run, and wait until it stops. */
    async resume(command: string): Promise<StopReply> {
        this.send(command)
        return this.stopped()
    }

    async stopped(): Promise<StopReply> {
        let console = ""
        for (;;) {
            const packet = await this.next()
            if (!/^O[0-9a-f]/.test(packet)) return { reply: packet, console }
            console += Buffer.from(packet.slice(1), "hex").toString()
        }
    }

    /** A `monitor` command's text. */
    async monitor(command: string): Promise<string> {
        this.send(`qRcmd,${Buffer.from(command).toString("hex")}`)
        return (await this.stopped()).console
    }

    /** A register of 32 bits by its number in the target description. */
    async register(number: number): Promise<number> {
        const hex = await this.ask(`p${number.toString(16)}`)
        return Buffer.from(hex, "hex").readUInt32LE()
    }

    async bytes(address: number, count: number): Promise<Buffer> {
        const range = `${address.toString(16)},${count.toString(16)}`
        return Buffer.from(await this.ask(`m${range}`), "hex")
    }

    send(command: string): void {
        let sum = 0
        for (const byte of Buffer.from(command, "latin1")) sum += byte
        const digits = (sum & 0xff).toString(16).padStart(2, "0")
        this.raw(`$${command}#${digits}`)
    }

    raw(text: string): void {
        this.socket.write(Buffer.from(text, "latin1"))
    }

    close(): void {
        this.socket.destroy()
    }

    private async next(): Promise<string> {
        while (this.packets.length === 0)
            await new Promise<void>(resolve => (this.waiting = resolve))
        return this.packets.shift()!
    }

    private cut(): void {
        for (;;) {
            const match = /^\+*\$([^#]*)#[0-9a-f]{2}/.exec(this.text)
            if (!match) break
            this.text = this.text.slice(match[0].length)
            this.packets.push(
                match[1]!.replace(/\}(.)/gs, (_, character: string) =>
                    String.fromCharCode(character.charCodeAt(0) ^ 0x20)
                )
            )
            this.raw("+")
        }
        this.waiting?.()
    }
}
