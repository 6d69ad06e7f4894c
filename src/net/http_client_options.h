#ifndef VITALS_SRC_NET_HTTP_CLIENT_OPTIONS_H_
#define VITALS_SRC_NET_HTTP_CLIENT_OPTIONS_H_

#include "absl/status/status.h"
#include "vitals/base/config.h"
#include "vitals/net/http_client.h"

VITALS_NAMESPACE_BEGIN
namespace net {

/// InvalidArgument for an option that cannot be. Cuts times that are too long.
absl::Status CheckLimits(HttpClientOptions& options);

}  // namespace net
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_NET_HTTP_CLIENT_OPTIONS_H_
