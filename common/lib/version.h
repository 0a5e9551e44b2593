/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BULKHEAD_LIB_VERSION_H
#define BULKHEAD_LIB_VERSION_H

#define BULKHEAD_VERSION "0.1"

#endif
