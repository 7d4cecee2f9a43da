// SPDX-License-Identifier: MIT
// The live view's page.

import "uplot/dist/uPlot.min.css"
import "./style.css"
import { render } from "preact"
import { App } from "./app.tsx"
import { Link } from "./link.ts"

const link = new Link()
render(<App link={link} />, document.getElementById("app")!)
link.open()
