#include "net/http_client_options.h"

#include <sys/un.h>
#include <unistd.h>

#include "fmt/format.h"
#include "net/http_fields.h"
#include "net/option_checks.h"

VITALS_NAMESPACE_BEGIN
namespace net {

absl::Status CheckLimits(HttpClientOptions& options) {
  absl::Status status;
  status.Update(CheckTime("connect_timeout", kShortestTimeout, options.connect_timeout));
  status.Update(CheckTime("timeout", kShortestTimeout, options.timeout));
  status.Update(CheckCount("max_response_bytes", options.max_response_bytes));
  if (!options.ca_file.empty() && ::access(options.ca_file.c_str(), R_OK) != 0) {
    status.Update(absl::InvalidArgumentError(fmt::format(
        "ca_file '{}' cannot be read: name a PEM file of certificates", options.ca_file)));
  }
  if (options.unix_socket_path.size() >= sizeof(sockaddr_un::sun_path)) {
    status.Update(absl::InvalidArgumentError(
        fmt::format("unix_socket_path '{}' must be shorter than {} bytes", options.unix_socket_path,
                    sizeof(sockaddr_un::sun_path))));
  }
  if (!IsTextFieldValue(options.user_agent)) {
    status.Update(absl::InvalidArgumentError("user_agent must be without control characters"));
  }
  return status;
}

}  // namespace net
VITALS_NAMESPACE_END
