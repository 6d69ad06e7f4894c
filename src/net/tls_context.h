#ifndef VITALS_SRC_NET_TLS_CONTEXT_H_
#define VITALS_SRC_NET_TLS_CONTEXT_H_

#include <openssl/ssl.h>

#include <memory>

#include "absl/status/statusor.h"
#include "vitals/base/config.h"
#include "vitals/net/http_server.h"

VITALS_NAMESPACE_BEGIN
namespace net {

struct SslContextDeleter {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using SslContext = std::unique_ptr<SSL_CTX, SslContextDeleter>;

/// A server's TLS settings with its certificate and key. InvalidArgument names the file that cannot
/// be used and says why; no passphrase is ever asked for.
absl::StatusOr<SslContext> LoadTlsContext(const TlsOptions& options);

}  // namespace net
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_NET_TLS_CONTEXT_H_
