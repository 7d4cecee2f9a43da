// SPDX-License-Identifier: MIT
/**
 * What a program imports from "camscript".
 *
 * The OV2640's driver is imported by its own name, "camscript/drivers/ov2640/ov2640": its tables would take 440 bytes of the heap of
 * every program that names this file (measured); nothing here takes any when it is not used.
 * @module camscript
 */

export { Camera } from "./camera"
export { CameraServer } from "./camera-server"
export type { CameraFault, FaultHandler } from "./camera-fault"
export { causeText } from "./camera-fault"
export type { CaptureMode } from "./capture-mode"
export type { Frame } from "./frame"
export type { FrameHandler } from "./frame-stream"
export { Standby } from "./frame-stream"
export { CaptureError } from "./quality-stepper"
export type { Point } from "./window-mover"
export type { PinHandler } from "./pins/digital-in"
export { DigitalIn } from "./pins/digital-in"
export { DigitalOut } from "./pins/digital-out"
export { PlanError } from "./plan/plan-error"
export { MT9V034 } from "../drivers/mt9v034/mt9v034"
export type {
    Sensor,
    SensorExposure,
    SensorFault,
    SensorMode,
    SensorOptions,
    WindowMove,
} from "../drivers/sensor"
export { SensorError, SensorState } from "../drivers/sensor"
export type {
    FrameRequest,
    SensorLimits,
    SensorTiming,
    TimingRequest,
} from "../drivers/sensor-limits"
export { sensorWindowProblem, windowProblem } from "../drivers/sensor-limits"
export type { FrameStats } from "../drivers/grabber/blocks"
export { FrameGrabber, GrabberError } from "../drivers/grabber/grabber"
export { PinError } from "../drivers/grabber/pin-refusal"
export { hexNumber, rounded } from "../drivers/format"
export type {
    CaptureRequest,
    DisplayRequest,
    Rectangle,
    SensorRequest,
    Size,
    WindowRequest,
} from "../protocol/capture"
export {
    Flip,
    formatName,
    PixelFormat,
    Strategy,
    strategyName,
    TestPattern,
    TimingMode,
    windowName,
} from "../protocol/capture"
export { FaultCause, faultName } from "../protocol/faults"
export { PinMode, PinUse, Pull } from "../protocol/pins"
export { BusSync } from "../protocol/grabber-page"
