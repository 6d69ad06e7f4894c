#include "net/tls_context.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/x509err.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>

#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace net {
namespace {

// The newest reason OpenSSL gives; clears its queue, which belongs to the calling thread.
std::string TakeOpenSslReason() {
  const auto error = ERR_peek_last_error();
  ERR_clear_error();
  const char* const reason = ERR_reason_error_string(error);
  return reason != nullptr ? reason : "not PEM, or of a kind that OpenSSL does not know";
}

// OpenSSL tells a file that is missing from one that is no PEM in its own words only.
absl::Status CheckReadable(std::string_view what, const std::string& path) {
  if (path.empty()) {
    return absl::InvalidArgumentError(fmt::format("tls {} is empty: name a PEM file", what));
  }
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    return absl::InvalidArgumentError(fmt::format("tls {} '{}' cannot be read: {}", what, path,
                                                  std::generic_category().message(errno)));
  }
  struct stat info = {};
  const bool regular = ::fstat(fd, &info) == 0 && !S_ISDIR(info.st_mode);
  ::close(fd);
  if (!regular) {
    return absl::InvalidArgumentError(
        fmt::format("tls {} '{}' is a directory: name a PEM file", what, path));
  }
  return absl::OkStatus();
}

// Instead of OpenSSL's own, which asks for a passphrase on the terminal of the host.
int RefusePassphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

absl::Status UseCertificate(SSL_CTX* context, const std::string& path) {
  if (absl::Status status = CheckReadable("certificate_chain_file", path); !status.ok()) {
    return status;
  }
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(context, path.c_str()) == 1) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("tls certificate_chain_file '{}' holds no usable certificate: {}", path,
                  TakeOpenSslReason()));
}

absl::Status UsePrivateKey(SSL_CTX* context, const TlsOptions& options) {
  const std::string& path = options.private_key_file;
  if (absl::Status status = CheckReadable("private_key_file", path); !status.ok()) return status;
  bool passphrase_asked = false;
  SSL_CTX_set_default_passwd_cb(context, &RefusePassphrase);
  SSL_CTX_set_default_passwd_cb_userdata(context, &passphrase_asked);
  ERR_clear_error();
  const bool used = SSL_CTX_use_PrivateKey_file(context, path.c_str(), SSL_FILETYPE_PEM) == 1;
  SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
  if (used && SSL_CTX_check_private_key(context) == 1) return absl::OkStatus();
  const bool mismatch = ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH ||
                        ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_TYPE_MISMATCH;
  const std::string reason = TakeOpenSslReason();
  if (passphrase_asked) {
    return absl::InvalidArgumentError(fmt::format(
        "tls private_key_file '{}' is protected by a passphrase: store it without one", path));
  }
  if (mismatch) {
    return absl::InvalidArgumentError(
        fmt::format("tls private_key_file '{}' does not belong to certificate_chain_file '{}': {}",
                    path, options.certificate_chain_file, reason));
  }
  return absl::InvalidArgumentError(
      fmt::format("tls private_key_file '{}' holds no usable key: {}", path, reason));
}

}  // namespace

absl::StatusOr<SslContext> LoadTlsContext(const TlsOptions& options) {
  SslContext context(SSL_CTX_new(TLS_server_method()));
  if (context == nullptr) {
    return absl::ResourceExhaustedError(fmt::format("no TLS context: {}", TakeOpenSslReason()));
  }
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(),
                      SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_SINGLE_DH_USE);
  // Sessions are resumed through tickets, which the client keeps: no memory here.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  if (absl::Status status = UseCertificate(context.get(), options.certificate_chain_file);
      !status.ok()) {
    return status;
  }
  if (absl::Status status = UsePrivateKey(context.get(), options); !status.ok()) return status;
  return context;
}

}  // namespace net
VITALS_NAMESPACE_END
