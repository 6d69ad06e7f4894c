#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "net/gzip.h"
#include "net/http_auth.h"
#include "net/url.h"

// The parts of a request that net decodes itself. Beast parses the message.
namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

void FuzzTarget(std::string_view text) {
  const auto parts = vitals::net::SplitTarget(text);
  if (!parts) return;
  Require(parts->path.starts_with('/'));
  Require(parts->path.find('?') == std::string_view::npos);
}

void FuzzEscapes(std::string_view text) {
  const auto literal = vitals::net::DecodePercent(text, vitals::net::PlusSign::kLiteral);
  const auto space = vitals::net::DecodePercent(text, vitals::net::PlusSign::kSpace);
  Require(literal.has_value() == space.has_value());
  Require(!literal || literal->size() <= text.size());
  const auto fields = vitals::net::ParseQuery(text);
  // Cutting at '&' or '=' never splits an escape that is one.
  Require(fields.has_value() == literal.has_value());
}

void FuzzAuthorization(std::string_view text) {
  static const auto authenticator = [] {
    vitals::net::HttpAuthOptions options;
    options.basic_username = "user";
    options.basic_password = "password";
    options.bearer_token = "token";
    return vitals::net::HttpAuthenticator::Create(options);
  }();
  Require(authenticator.ok());
  if (!authenticator->Allows("/", text)) return;
  Require(text.ends_with(" dXNlcjpwYXNzd29yZA==") || text.ends_with(" token"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  FuzzTarget(text);
  FuzzEscapes(text);
  FuzzAuthorization(text);
  static_cast<void>(vitals::net::AcceptsGzip(text));
  return 0;
}
