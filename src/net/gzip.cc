#include "net/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

VITALS_NAMESPACE_BEGIN
namespace net {
namespace {

constexpr std::size_t kOutputChunkBytes = 64 * 1024;

std::string_view Trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  return absl::EqualsIgnoreCase(absl::string_view(a.data(), a.size()),
                                absl::string_view(b.data(), b.size()));
}

// Takes what stands before the next separator from the front of `text`, trimmed.
std::string_view TakeUntil(char separator, std::string_view& text) {
  const std::string_view head = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(head.size() + 1, text.size()));
  return Trim(head);
}

// Whether a weight lets its coding be used: "0", "0.", "0.0", "0.00" and "0.000" forbid it, and so
// does what is no weight.
bool WeightIsPositive(std::string_view weight) {
  if (weight.empty() || weight.find_first_not_of("0123456789.") != std::string_view::npos) {
    return false;
  }
  return weight.find_first_of("123456789") != std::string_view::npos;
}

bool ParametersAllow(std::string_view parameters) {
  while (!parameters.empty()) {
    std::string_view parameter = TakeUntil(';', parameters);
    const std::string_view name = TakeUntil('=', parameter);
    if (EqualsIgnoreCase(name, "q")) return WeightIsPositive(Trim(parameter));
  }
  return true;
}

struct DeflateStream {
  z_stream stream = {};
  bool ready = false;
  explicit DeflateStream(int level) {
    constexpr int kGzipWindowBits = 15 + 16;
    constexpr int kDefaultMemoryLevel = 8;
    ready = deflateInit2(&stream, level, Z_DEFLATED, kGzipWindowBits, kDefaultMemoryLevel,
                         Z_DEFAULT_STRATEGY) == Z_OK;
  }
  ~DeflateStream() {
    if (ready) deflateEnd(&stream);
  }
  DeflateStream(const DeflateStream&) = delete;
  DeflateStream& operator=(const DeflateStream&) = delete;
};

}  // namespace

bool AcceptsGzip(std::string_view accept_encoding) {
  std::optional<bool> any;
  while (!accept_encoding.empty()) {
    std::string_view element = TakeUntil(',', accept_encoding);
    const std::string_view coding = TakeUntil(';', element);
    if (EqualsIgnoreCase(coding, "gzip") || EqualsIgnoreCase(coding, "x-gzip")) {
      return ParametersAllow(element);
    }
    if (coding == "*" && !any) any = ParametersAllow(element);
  }
  return any.value_or(false);
}

absl::StatusOr<std::string> Gzip(std::string_view text, int level) {
  DeflateStream deflater(level);
  if (!deflater.ready) return absl::ResourceExhaustedError("no memory for gzip");
  z_stream& stream = deflater.stream;
  std::string output;
  std::size_t produced = 0;
  int result = Z_OK;
  do {
    if (stream.avail_in == 0) {
      // zlib counts in 32 bits.
      const std::size_t bytes =
          std::min<std::size_t>(text.size(), std::numeric_limits<uInt>::max());
      stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
      stream.avail_in = static_cast<uInt>(bytes);
      text.remove_prefix(bytes);
    }
    if (output.size() == produced) {
      output.resize(produced + std::max(kOutputChunkBytes, produced));
    }
    const std::size_t room =
        std::min<std::size_t>(output.size() - produced, std::numeric_limits<uInt>::max());
    stream.next_out = reinterpret_cast<Bytef*>(output.data() + produced);
    stream.avail_out = static_cast<uInt>(room);
    result = deflate(&stream, text.empty() ? Z_FINISH : Z_NO_FLUSH);
    produced += room - stream.avail_out;
  } while (result == Z_OK || result == Z_BUF_ERROR);
  if (result != Z_STREAM_END) return absl::InternalError("gzip failed");
  output.resize(produced);
  return output;
}

}  // namespace net
VITALS_NAMESPACE_END
