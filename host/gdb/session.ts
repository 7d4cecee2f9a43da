// SPDX-License-Identifier: MIT
// One client's commands ("Debugging with GDB", appendix E): each packet has an answer; those that let the program run are
// answered when it stops.

import { DataAccess } from "../../sim/cortex-m/core-state.ts"
import type { DebuggedCore, Stop, StopPoint } from "./debugged-core.ts"
import { monitor } from "./monitor.ts"
import { fromHex, PACKET_BYTES, toHex } from "./packet.ts"
import { readRegister, writeRegister } from "./registers.ts"
import { REGISTERS, targetDescription } from "./target-description.ts"
import type { Arrival, Timeline } from "./timeline.ts"

/** Numbers of POSIX signals, as stop replies have them. */
const SIGINT = 2
const SIGTRAP = 5

/** Answers of errors: the protocol gives the numbers no meaning. */
const BAD_REQUEST = "E01"
const NO_MEMORY = "E0e"
const REFUSED = "E22"

const FEATURES = [
    `PacketSize=${PACKET_BYTES.toString(16)}`,
    "QStartNoAckMode+",
    "qXfer:features:read+",
    "vContSupported+",
    "hwbreak+",
    "swbreak+",
    "ReverseStep+",
    "ReverseContinue+",
].join(";")

/** Z2, Z3 and Z4. */
const ACCESS = [DataAccess.WRITE, DataAccess.READ, DataAccess.ANY] as const

export interface SessionEnds {
    readonly send: (data: string) => void
    /** The client is done; `killed`: so is the run. */
    readonly end: (killed: boolean) => void
}

export class GdbSession {
    private readonly points = new Map<string, StopPoint>()
    /** The debugger has changed memory or a register: a replay from reset would be of another run. */
    private changed = false
    /** What was asked for is under way: its answer comes later. */
    private running = false
    private noAcknowledge = false

    constructor(
        private readonly present: DebuggedCore,
        private readonly timeline: Timeline,
        private readonly ends: SessionEnds
    ) {
        present.onStop = stop => this.arrived({ stop })
    }

    /** Packets are acknowledged. */
    get acknowledges(): boolean {
        return !this.noAcknowledge
    }

    private get core(): DebuggedCore {
        return this.timeline.core
    }

    /** Ctrl-C of the client. */
    interrupt(): void {
        if (!this.running) return
        this.timeline.interrupt()
        // The present is looked at here, between two slices; a replay ends by itself.
        this.present.interrupt()
    }

    /** The run is over: its time has come, or something ended it. */
    ended(problem: string | undefined): void {
        if (problem !== undefined) this.say(`${problem}\n`)
        if (this.running) this.ends.send(problem === undefined ? "W00" : "W01")
    }

    /** Deal with a packet. */
    take(packet: string): void {
        if (this.running) return
        const answer = this.answer(packet)
        if (answer !== undefined) this.ends.send(answer)
    }

    /** @returns undefined: there is no answer, or it comes later */
    private answer(packet: string): string | undefined {
        const rest = packet.slice(1)
        switch (packet[0]) {
            case "?":
                return this.stopReply({ stop: this.core.stop })
            case "g":
                return this.readAll()
            case "G":
                return this.writeAll(rest)
            case "p":
                return this.readOne(rest)
            case "P":
                return this.writeOne(rest)
            case "m":
                return this.readMemory(rest)
            case "M":
                return this.writeMemory(rest, fromHex)
            case "X":
                return this.writeMemory(rest, text =>
                    Uint8Array.from(Buffer.from(text, "latin1"))
                )
            case "Z":
            case "z":
                return this.changePoint(packet)
            case "H":
            case "T":
                return "OK"
            case "c":
                return this.goOn("continue")
            case "s":
                return this.goOn("step")
            case "b":
                return this.goBack(rest)
            case "D":
                this.ends.send("OK")
                this.ends.end(false)
                return undefined
            case "k":
                this.ends.end(true)
                return undefined
            case "v":
                return this.answerV(packet)
            default:
                return this.answerQuery(packet)
        }
    }

    private answerV(packet: string): string | undefined {
        if (packet === "vCont?") return "vCont;c;C;s;S"
        if (packet.startsWith("vCont;"))
            return this.goOn(/^vCont;s/i.test(packet) ? "step" : "continue")
        if (packet.startsWith("vKill")) {
            this.ends.send("OK")
            this.ends.end(true)
            return undefined
        }
        return ""
    }

    private answerQuery(packet: string): string {
        if (packet.startsWith("qSupported")) return FEATURES
        if (packet.startsWith("qXfer:features:read:target.xml:"))
            return part(targetDescription(), packet)
        if (packet.startsWith("qRcmd,")) return this.monitor(packet.slice(6))
        switch (packet) {
            case "QStartNoAckMode":
                this.noAcknowledge = true
                return "OK"
            case "qAttached":
                return "1"
            case "qC":
                return "QC1"
            case "qfThreadInfo":
                return "m1"
            case "qsThreadInfo":
                return "l"
            default:
                // Not supported.
                return ""
        }
    }

    private monitor(hex: string): string {
        const bytes = fromHex(hex)
        if (bytes === undefined) return BAD_REQUEST
        this.say(monitor(Buffer.from(bytes).toString(), this.core))
        return "OK"
    }

    private readAll(): string {
        const { mcu } = this.core.machine
        return REGISTERS.map((_, number) =>
            toHex(readRegister(mcu, number)!)
        ).join("")
    }

    private writeAll(hex: string): string {
        const bytes = fromHex(hex)
        const total = REGISTERS.reduce((sum, { bits }) => sum + bits / 8, 0)
        if (bytes?.length !== total) return BAD_REQUEST
        if (this.timeline.isInPast) return this.refuseChange()
        let at = 0
        REGISTERS.forEach(({ bits }, number) => {
            const end = at + bits / 8
            writeRegister(
                this.core.machine.mcu,
                number,
                bytes.subarray(at, end)
            )
            at = end
        })
        this.changed = true
        return "OK"
    }

    private readOne(text: string): string {
        const bytes = readRegister(this.core.machine.mcu, parseInt(text, 16))
        return bytes ? toHex(bytes) : BAD_REQUEST
    }

    private writeOne(text: string): string {
        const [number = "", hex = ""] = text.split("=")
        const bytes = fromHex(hex)
        if (bytes === undefined) return BAD_REQUEST
        if (this.timeline.isInPast) return this.refuseChange()
        const { mcu } = this.core.machine
        if (!writeRegister(mcu, parseInt(number, 16), bytes)) return BAD_REQUEST
        this.changed = true
        return "OK"
    }

    private readMemory(text: string): string {
        const range = rangeOf(text)
        if (range === undefined) return BAD_REQUEST
        const { machine } = this.core
        const memory = machine.memoryAt(range.address, range.bytes)
        return memory ? toHex(memory) : NO_MEMORY
    }

    private writeMemory(
        text: string,
        decode: (text: string) => Uint8Array | undefined
    ): string {
        const colon = text.indexOf(":")
        const range = rangeOf(text.slice(0, colon))
        const bytes = decode(text.slice(colon + 1))
        if (range === undefined || bytes?.length !== range.bytes)
            return BAD_REQUEST
        // By a packet X of no bytes a client asks whether there is X.
        if (bytes.length === 0) return "OK"
        if (this.timeline.isInPast) return this.refuseChange()
        const { machine } = this.core
        const memory = machine.memoryAt(range.address, range.bytes)
        if (memory === undefined) return NO_MEMORY
        memory.set(bytes)
        machine.mcu.codeChanged(range.address, range.bytes)
        this.changed = true
        return "OK"
    }

    private refuseChange(): string {
        this.say(
            "the past cannot be changed: continue to the present, and change it there\n"
        )
        return REFUSED
    }

    /** Zk,address,kind and zk,address,kind. */
    private changePoint(packet: string): string {
        const match = /^[Zz]([0-4]),([0-9a-f]+),([0-9a-f]+)/i.exec(packet)
        if (!match) return BAD_REQUEST
        const kind = Number(match[1])
        const address = parseInt(match[2]!, 16)
        const bytes = parseInt(match[3]!, 16)
        const key = match.slice(1).join()
        const before = new Map(this.points)
        if (packet.startsWith("z")) this.points.delete(key)
        else
            this.points.set(
                key,
                kind < 2
                    ? { kind: "breakpoint", address: (address & ~1) >>> 0 }
                    : {
                          kind: "watchpoint",
                          access: ACCESS[kind - 2]!,
                          ...{ address, bytes },
                      }
            )
        if (this.timeline.setPoints([...this.points.values()])) return "OK"
        this.points.clear()
        for (const [name, point] of before) this.points.set(name, point)
        return REFUSED
    }

    private goOn(how: "continue" | "step"): undefined {
        this.running = true
        if (this.timeline.isInPast)
            void this.arriveAt(this.timeline.forwards(how))
        else this.present.resume(how)
        return undefined
    }

    private goBack(how: string): string | undefined {
        if (how !== "s" && how !== "c") return ""
        if (this.changed) {
            this.say(
                "memory or a register was changed by the debugger: a run from reset, by which it goes backwards, would be another one\n"
            )
            return REFUSED
        }
        this.running = true
        void this.arriveAt(
            how === "s" ? this.timeline.stepBack() : this.timeline.runBack()
        )
        return undefined
    }

    private async arriveAt(
        arrival: Promise<Arrival | undefined>
    ): Promise<void> {
        try {
            const where = await arrival
            if (where) this.arrived(where)
            else this.present.resume("continue")
        } catch (error) {
            this.say(`${error instanceof Error ? error.message : error}\n`)
            this.arrived({ stop: { kind: "interrupt" } })
        }
    }

    private arrived(arrival: Arrival): void {
        this.running = false
        const { stop } = arrival
        if (stop.kind === "watchpoint" && stop.by !== undefined)
            this.say(`${stop.by} 0x${stop.address.toString(16)}\n`)
        this.ends.send(this.stopReply(arrival))
    }

    private stopReply({ stop, end }: Arrival): string {
        if (end) return `${signal(SIGTRAP)}replaylog:${end};`
        switch (stop.kind) {
            case "interrupt":
                return signal(SIGINT)
            case "watchpoint":
                return `${signal(SIGTRAP)}${watchName(stop)}:${stop.address.toString(16)};`
            default:
                return signal(SIGTRAP)
        }
    }

    /** A line on the client's console. */
    private say(text: string): void {
        this.ends.send(`O${toHex(Buffer.from(text))}`)
    }
}

function signal(number: number): string {
    return `T${number.toString(16).padStart(2, "0")}`
}

function watchName({ access }: Stop & { kind: "watchpoint" }): string {
    if (access === DataAccess.ANY) return "awatch"
    return access === DataAccess.READ ? "rwatch" : "watch"
}

/** "address,length", in hexadecimal. */
function rangeOf(
    text: string
): { readonly address: number; readonly bytes: number } | undefined {
    const match = /^([0-9a-f]{1,8}),([0-9a-f]{1,8})$/i.exec(text)
    if (!match) return undefined
    const bytes = parseInt(match[2]!, 16)
    // Two digits for a byte.
    return 2 * bytes > PACKET_BYTES
        ? undefined
        : { address: parseInt(match[1]!, 16), bytes }
}

/** The part of an object that "...:offset,length" asks for. */
function part(object: string, packet: string): string {
    const match = /:([0-9a-f]+),([0-9a-f]+)$/i.exec(packet)
    if (!match) return BAD_REQUEST
    const offset = parseInt(match[1]!, 16)
    const end = offset + parseInt(match[2]!, 16)
    return `${end < object.length ? "m" : "l"}${object.slice(offset, end)}`
}
