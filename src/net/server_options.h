#ifndef VITALS_SRC_NET_SERVER_OPTIONS_H_
#define VITALS_SRC_NET_SERVER_OPTIONS_H_

#include "absl/status/status.h"
#include "vitals/base/config.h"
#include "vitals/net/http_server.h"

VITALS_NAMESPACE_BEGIN
namespace net {

/// Checks the limits and times, and brings times down to a year, which stands for never.
absl::Status CheckLimits(HttpServerOptions& options);

}  // namespace net
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_NET_SERVER_OPTIONS_H_
