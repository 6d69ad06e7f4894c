#include "net/http_auth.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

VITALS_NAMESPACE_BEGIN
namespace net {
namespace {

bool HasControlCharacter(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

bool IsVisibleAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

std::string Base64(std::string_view text) {
  std::string result(4 * ((text.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(result.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  result.resize(static_cast<std::size_t>(length));
  return result;
}

absl::Status Validate(const HttpAuthOptions& options) {
  constexpr std::size_t kMaxSecretBytes = 4096;
  if (options.basic_username.empty() && options.basic_password.empty() &&
      options.bearer_token.empty()) {
    return absl::InvalidArgumentError(
        "auth names no secret: set basic_username and basic_password, or bearer_token");
  }
  if (options.basic_username.empty() != options.basic_password.empty()) {
    return absl::InvalidArgumentError(
        "auth needs both or neither of basic_username and basic_password");
  }
  if (options.basic_username.find(':') != std::string::npos) {
    return absl::InvalidArgumentError("auth basic_username must not contain ':'");
  }
  if (HasControlCharacter(options.basic_username) || HasControlCharacter(options.basic_password)) {
    return absl::InvalidArgumentError(
        "auth basic_username and basic_password must not contain control characters");
  }
  if (!IsVisibleAscii(options.bearer_token)) {
    return absl::InvalidArgumentError(
        "auth bearer_token must be visible ASCII without spaces; does its file end in a newline?");
  }
  if (std::max({options.basic_username.size(), options.basic_password.size(),
                options.bearer_token.size()}) > kMaxSecretBytes) {
    return absl::InvalidArgumentError("auth secrets must be at most 4096 bytes");
  }
  for (const std::string& path : options.exempt_paths) {
    if (!path.starts_with('/')) {
      return absl::InvalidArgumentError("auth exempt path '" + path + "' must start with '/'");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<HttpAuthenticator> HttpAuthenticator::Create(const HttpAuthOptions& options) {
  if (absl::Status status = Validate(options); !status.ok()) return status;
  HttpAuthenticator result;
  if (!options.basic_username.empty()) {
    std::string pair = options.basic_username + ":" + options.basic_password;
    std::string encoded = Base64(pair);
    result.basic_ = DigestOf(encoded);
    OPENSSL_cleanse(pair.data(), pair.size());
    OPENSSL_cleanse(encoded.data(), encoded.size());
  }
  if (!options.bearer_token.empty()) result.bearer_ = DigestOf(options.bearer_token);
  result.exempt_paths_ = options.exempt_paths;
  return result;
}

HttpAuthenticator::Digest HttpAuthenticator::DigestOf(std::string_view credentials) {
  Digest digest;
  static_assert(digest.size() == SHA256_DIGEST_LENGTH);
  SHA256(reinterpret_cast<const unsigned char*>(credentials.data()), credentials.size(),
         digest.data());
  return digest;
}

bool HttpAuthenticator::Allows(std::string_view path, std::string_view authorization) const {
  if (std::find(exempt_paths_.begin(), exempt_paths_.end(), path) != exempt_paths_.end()) {
    return true;
  }
  const std::size_t space = authorization.find(' ');
  if (space == std::string_view::npos) return false;
  const absl::string_view scheme(authorization.data(), space);
  authorization.remove_prefix(
      std::min(authorization.find_first_not_of(' ', space), authorization.size()));
  const std::optional<Digest>* expected = nullptr;
  if (absl::EqualsIgnoreCase(scheme, "basic")) expected = &basic_;
  if (absl::EqualsIgnoreCase(scheme, "bearer")) expected = &bearer_;
  if (expected == nullptr || !expected->has_value()) return false;
  const Digest given = DigestOf(authorization);
  return CRYPTO_memcmp(given.data(), (*expected)->data(), given.size()) == 0;
}

std::vector<std::string> HttpAuthenticator::Challenges() const {
  std::vector<std::string> challenges;
  if (basic_) challenges.emplace_back(R"(Basic realm="vitals", charset="UTF-8")");
  if (bearer_) challenges.emplace_back(R"(Bearer realm="vitals")");
  return challenges;
}

}  // namespace net
VITALS_NAMESPACE_END
