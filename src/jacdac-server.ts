// SPDX-License-Identifier: MIT
// Serves one Jacdac service from the program: announces it, hands requests on, sends answers and events.
//
// @devicescript/server does this too, with more heap: an object for each register read, and no limit to what waits.

import * as ds from "@devicescript/core"

/** What the VM offers to servers beside its declared interface (@devicescript/server uses the same). */
type ServerCalls = typeof ds & {
    _onServerPacket?: (packet: ds.Packet) => Promise<void>
    _serverSend(serviceIndex: number, packet: ds.Packet): Promise<void>
}

/** Numbers of the Jacdac protocol (jacdac-docs, "Protocol" and "Control"), and our limits. */
enum Jacdac {
    CONTROL_INDEX = 0,
    SERVICE_INDEX = 1,
    CMD_ANNOUNCE = 0x00,
    CMD_NOOP = 0x80,
    GET_DEVICE_DESCRIPTION = 0x1180,
    RESTART_COUNTER_MAX = 15,
    EVENT = 0x8000,
    FIRST_EVENT = 0x80,
    /** _serverSend: give the packet the next event number instead of sending it. */
    NUMBER_EVENT = 0x100,
    ANNOUNCE_MS = 500,
    /** An event goes out three times, 20 and 50 ms apart; with the pause after it no more than five come in a second. */
    EVENT_REPEAT_MS = 20,
    EVENT_LAST_REPEAT_MS = 50,
    EVENT_PAUSE_MS = 130,
    /** Requests handled at once. The VM sends 50 packets/s; what waits for its turn takes heap. */
    HANDLED_AT_ONCE = 3,
}

/** Events that a service may have: 0x80..0x87. */
const EVENTS = 8

/** What the registers of a service hold. */
export type RegisterValue = number | boolean | string | number[]

/** What is served. */
export interface ServedService {
    readonly spec: ds.ServiceSpec
    /** Of the device, for people. */
    readonly description: string
    /** @returns the register's content, of several fields as an array; undefined: no such register */
    get(register: number): Promise<RegisterValue | undefined>
    /** @returns false: no such register, or a read only one */
    set(register: number, payload: Buffer): Promise<boolean>
    /** @returns the fields of an event */
    eventFields(code: number): number[]
}

/** The server of a program's only service. */
export class JacdacServer {
    /** Packets not looked at, because too many waited. */
    ignored = 0
    readonly service: ServedService
    /** One bit for each event to be sent. */
    pending = 0
    sending = false
    private handling = 0
    private restarts = 0

    constructor(service: ServedService) {
        this.service = service
    }

    /** Announce the service from now on, and answer. */
    start(): void {
        listen(this)
        announceAlways.start(this)
    }

    /** Send an event soon; one that is still waiting is sent once. */
    ring(code: number): void {
        this.pending |= 1 << (code - Jacdac.FIRST_EVENT)
        if (this.sending) return
        this.sending = true
        sendEvents.start(this)
    }

    async receive(packet: ds.Packet): Promise<void> {
        if (packet.isReport) return
        if (this.handling >= Jacdac.HANDLED_AT_ONCE) {
            this.ignored++
            return
        }
        this.handling++
        const answer = await this.answer(packet)
        if (answer) await send(packet.serviceIndex, answer)
        this.handling--
    }

    announcement(): ds.Packet {
        if (this.restarts < Jacdac.RESTART_COUNTER_MAX) this.restarts++
        // No flags: the VM acknowledges nothing for a program's services, hears no broadcasts for them.
        return ds.Control.spec
            .lookup("announce")
            .response.encode([
                this.restarts,
                1,
                0,
                this.service.spec.classIdentifier,
            ])
    }

    private async answer(packet: ds.Packet): Promise<ds.Packet | undefined> {
        const service = this.service
        const code = packet.serviceCommand
        if (packet.serviceIndex === Jacdac.CONTROL_INDEX) {
            if (code === Jacdac.CMD_ANNOUNCE) return this.announcement()
            if (code === Jacdac.CMD_NOOP) return undefined
            if (code === Jacdac.GET_DEVICE_DESCRIPTION)
                return ds.Control.spec.byCode(code).encode(service.description)
            return packet.notImplemented()
        }
        if (packet.serviceIndex !== Jacdac.SERVICE_INDEX) return undefined
        if (packet.isRegGet) {
            const value = await service.get(packet.regCode)
            if (value !== undefined)
                return service.spec.byCode(code).encode(value)
        } else if (packet.isRegSet) {
            if (await service.set(packet.regCode, packet.payload))
                return undefined
        }
        return packet.notImplemented()
    }
}

async function send(serviceIndex: number, packet: ds.Packet): Promise<void> {
    await (ds as ServerCalls)._serverSend(serviceIndex, packet)
}

function listen(server: JacdacServer): void {
    const calls = ds as ServerCalls
    calls._onServerPacket = async packet => {
        await server.receive(packet)
    }
    // The compiler drops what is only ever written.
    ds.keep(calls._onServerPacket)
}

async function announceAlways(server: JacdacServer): Promise<void> {
    while (true) {
        await send(Jacdac.CONTROL_INDEX, server.announcement())
        await ds.sleep(Jacdac.ANNOUNCE_MS)
    }
}

/** Each event in its turn, so that none waits for ever behind one that comes again and again. */
async function sendEvents(server: JacdacServer): Promise<void> {
    const service = server.service
    let event = 0
    while (server.pending !== 0) {
        while ((server.pending & (1 << event)) === 0)
            event = (event + 1) % EVENTS
        server.pending &= ~(1 << event)
        const code = Jacdac.FIRST_EVENT + event
        const packet = service.spec
            .byCode(Jacdac.EVENT | code)
            .encode(service.eventFields(code))
        await send(Jacdac.NUMBER_EVENT, packet)
        await send(Jacdac.SERVICE_INDEX, packet)
        await ds.sleep(Jacdac.EVENT_REPEAT_MS)
        await send(Jacdac.SERVICE_INDEX, packet)
        await ds.sleep(Jacdac.EVENT_LAST_REPEAT_MS)
        await send(Jacdac.SERVICE_INDEX, packet)
        await ds.sleep(Jacdac.EVENT_PAUSE_MS)
        event = (event + 1) % EVENTS
    }
    server.sending = false
}
