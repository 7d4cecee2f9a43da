import { readBoard } from "/work/wt/pixels/sim/board-file.ts"
import { prepareEmulation } from "/work/wt/pixels/host/emulated-target.ts"
import { EmulatedSerial } from "/work/wt/pixels/host/emulated-serial.ts"
import { LinkClient } from "/work/wt/pixels/host/link/link-client.ts"
import { DEFAULT_APP } from "/work/wt/pixels/host/run-options.ts"
import { readCounters, readMode } from "/work/wt/pixels/sim/native/grabber-reader.ts"
const name = process.argv[2] ?? "stm32f407ve"
const reduce = Number(process.argv[3] ?? 1) as 1
const secs = Number(process.argv[4] ?? 1.2)
const file = readBoard(name, "mt9v034")
const frames = new Map<number, Uint8Array>()
const board = await prepareEmulation({ board: name, sensor: "mt9v034", app: DEFAULT_APP, request: { window: { width: 220, height: 220 }, fps: 120 }, scene: "chart", seed: 1, cpi: 1.75 } as never, file, {
  onConsole: l => console.log("console:", l),
  onFrame: f => { frames.set(f.sequence, f.pixels) },
})
const serial = new EmulatedSerial(board)
const client = new LinkClient({ stream: serial, timer: serial.timer, session: 1 })
client.onLog = (k, l, d) => console.log("log", k, l, d)
client.onText = l => console.log("text", l)
console.log((await serial.until(client.hello({tries: 30}))).baud, board.seconds)
serial.runFor(0.5)
const cpu0 = board.cpuUse()
serial.runFor(0.5)
const cpu1 = board.cpuUse()
const c0 = readCounters(await serial.until(client.grabber()))
let bytes = 0, bad = 0, bandCount = 0, pics = 0
client.onFrame = p => {
  pics++; bytes += p.bytes.length; bandCount += p.bands.length
  for (let i = 0; i < p.bytes.length; i++) {
    const band = p.bands.findLast(b => b.offset <= i)!
    const f = frames.get(band.sequence)!
    const r = Math.floor(i / p.columns), c = i % p.columns
    if (f[r * p.reduce * 220 + c * p.reduce] !== p.bytes[i]) bad++
  }
}
console.log(await serial.until(client.stream({ reduce })))
const t0 = board.seconds, b0 = serial.sentBytes, w0 = performance.now()
serial.runFor(secs)
const cpu2 = board.cpuUse()
const dt = board.seconds - t0, line = client.welcome!.baud / 10
console.log({ pics, pixelBytesPerS: bytes / dt, share: bytes / dt / line, wireShare: (serial.sentBytes - b0) / dt / line, bad, bandCount, pictures: client.pictures, host: client.counters, wall: (performance.now()-w0)/1000/dt })
const st = await serial.until(client.streamState())
console.log(st, st.sent)
const g = await serial.until(client.grabber())
const c1 = readCounters(g)
console.log(c0, c1, readMode(g, "x", file.frameMemory))
const per = (a: any, b: any) => (b.instructions - a.instructions) / ((b.elapsedNs - a.elapsedNs) / 1e9) / 120
console.log("instr per frame without", per(cpu0, cpu1), "with", per(cpu1, cpu2), "idle", (cpu1!.idleNs - cpu0!.idleNs)/(cpu1!.elapsedNs-cpu0!.elapsedNs), (cpu2!.idleNs - cpu1!.idleNs)/(cpu2!.elapsedNs-cpu1!.elapsedNs))
board.close()
