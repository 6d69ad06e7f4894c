#include "exposition/page_reader.h"

#include <algorithm>
#include <cstring>

#include "base/utf8.h"
#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace exposition {

PageBuilder::PageBuilder(ExpositionFormat format, ParsedPage& page) : page_(page) {
  page.format_ = format;
  page.families_.clear();
  page.samples_.clear();
  page.exemplars_.clear();
}

PageReader::PageReader(std::string_view page, const ParseOptions& options)
    : page_(page),
      options_(options),
      valid_utf8_bytes_(page.size() <= options.max_page_bytes ? base::ValidUtf8Prefix(page) : 0),
      rest_(page) {}

bool PageReader::CheckPage() {
  if (page_.size() > options_.max_page_bytes) {
    return FailLimit(page_.data(), "bytes of a page", "max_page_bytes", options_.max_page_bytes);
  }
  if (options_.format == ExpositionFormat::kOpenMetrics && !is_utf8()) {
    return Fail(page_.data() + valid_utf8_bytes_, "the page is not UTF-8 here");
  }
  return true;
}

bool PageReader::NextLine() {
  if (rest_.empty()) return false;
  const char* const start = rest_.data();
  const auto* const newline = static_cast<const char*>(std::memchr(start, '\n', rest_.size()));
  const std::size_t size =
      newline == nullptr ? rest_.size() : static_cast<std::size_t>(newline - start);
  line_ = rest_.substr(0, size);
  rest_.remove_prefix(newline == nullptr ? size : size + 1);
  if (size > options_.max_line_bytes) {
    return FailLimit(start, "bytes of a line", "max_line_bytes", options_.max_line_bytes);
  }
  return true;
}

bool PageReader::Fail(const char* where, std::string_view message) {
  if (status_.ok()) {
    status_ = absl::InvalidArgumentError(fmt::format("{}: {}", Position(where), message));
  }
  return false;
}

bool PageReader::FailLimit(const char* where, std::string_view what, std::string_view option,
                           std::size_t limit) {
  if (status_.ok()) {
    status_ = absl::ResourceExhaustedError(
        fmt::format("{}: more than {} {}: raise ParseOptions::{} if the page is to be trusted",
                    Position(where), limit, what, option));
  }
  return false;
}

std::string PageReader::Position(const char* where) const {
  const std::string_view before = page_.substr(0, static_cast<std::size_t>(where - page_.data()));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  // rfind() gives -1 on the first line, where the column is counted from the start.
  return fmt::format("line {}, column {}", line, before.size() - before.rfind('\n'));
}

std::string Shown(const char* at, const char* line_end) {
  if (at == line_end) return "the end of the line";
  const auto byte = static_cast<unsigned char>(*at);
  if (byte == ' ') return "a blank";
  if (byte > 0x20 && byte < 0x7F) return fmt::format("'{}'", *at);
  return fmt::format("the byte 0x{:02x}", byte);
}

}  // namespace exposition
VITALS_NAMESPACE_END
