import { brightest } from "./pixels.kernel"

console.log(brightest)
