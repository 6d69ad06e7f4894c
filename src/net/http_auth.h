#ifndef VITALS_SRC_NET_HTTP_AUTH_H_
#define VITALS_SRC_NET_HTTP_AUTH_H_

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "vitals/base/config.h"
#include "vitals/net/http_server.h"

VITALS_NAMESPACE_BEGIN
namespace net {

/// Decides whether a request carries the right secret. It keeps digests of the secrets, not the
/// secrets. Immutable, thread-safe.
class VITALS_EXPORT HttpAuthenticator {
 public:
  /// InvalidArgument when the options name no secret, half of one, or one no client could send.
  static absl::StatusOr<HttpAuthenticator> Create(const HttpAuthOptions& options);

  /// Whether a request of this path with this Authorization value may be answered. Takes the same
  /// time for every wrong secret of one length.
  bool Allows(std::string_view path, std::string_view authorization) const;

  /// The WWW-Authenticate values of a 401, one for each way in.
  std::vector<std::string> Challenges() const;

 private:
  using Digest = std::array<unsigned char, 32>;

  HttpAuthenticator() = default;
  static Digest DigestOf(std::string_view credentials);

  // Of what follows the scheme in the Authorization header.
  std::optional<Digest> basic_;
  std::optional<Digest> bearer_;
  std::vector<std::string> exempt_paths_;
};

}  // namespace net
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_NET_HTTP_AUTH_H_
