// SPDX-License-Identifier: MIT
// What the link needs of its port, besides native/port.h (cam_port_now_us, cam_port_vm_receive).
#ifndef CAM_LINK_PORT_H
#define CAM_LINK_PORT_H

#include <stdbool.h>

#include "port.h"

/**
 * An update begins: stop the capture, and whatever else a flash that does not answer for 2 s would
 * break. Flash of the running program stays as it is. Also called when one is under way already.
 * Context: thread.
 */
CAM_PORT("link_update_begins") void cam_link_port_update_begins(void);

/** The update ended. @param committed false: refused, failed or abandoned; the program that runs
 * stays the newest one. Context: thread. */
CAM_PORT("link_update_ended") void cam_link_port_update_ended(bool committed);

/** A client has opened a session: it may be told what happened before. Context: thread. */
CAM_PORT("link_opened") void cam_link_port_opened(void);

/** The client asks for a restart, and its answer has gone out. Does not return on a board. Context:
 * thread. */
CAM_PORT("link_reset") void cam_link_port_reset(void);

#endif
