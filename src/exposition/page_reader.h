#ifndef VITALS_SRC_EXPOSITION_PAGE_READER_H_
#define VITALS_SRC_EXPOSITION_PAGE_READER_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "vitals/base/config.h"
#include "vitals/exposition/parser.h"

VITALS_NAMESPACE_BEGIN
namespace exposition {

/// Gives what parses a page access to the result.
class PageBuilder {
 public:
  /// Empties the result.
  PageBuilder(ExpositionFormat format, ParsedPage& page);

  std::vector<ParsedFamily>& families() { return page_.families_; }
  std::vector<ParsedSample>& samples() { return page_.samples_; }
  std::vector<ParsedExemplar>& exemplars() { return page_.exemplars_; }

 private:
  ParsedPage& page_;
};

/// Goes through a page line by line, and keeps the first failure. Functions that can fail return
/// false once they did, and Fail() does as well, so that a caller may `return Fail(...)`.
class PageReader {
 public:
  /// Both must outlive the reader.
  PageReader(std::string_view page, const ParseOptions& options);

  const ParseOptions& options() const { return options_; }

  /// Whether the whole page is well-formed UTF-8.
  bool is_utf8() const { return valid_utf8_bytes_ == page_.size(); }

  /// Refuses a page beyond the limit, or one of OpenMetrics that is not UTF-8.
  bool CheckPage();

  /// Goes to the next line; false at the end of the page, or for a line beyond the limit.
  bool NextLine();

  /// The current line, without its newline.
  std::string_view line() const { return line_; }

  /// The page after the current line.
  std::string_view rest() const { return rest_; }

  /// The page is malformed at `where`, a place on the page.
  bool Fail(const char* where, std::string_view message);

  /// As Fail(), at the end of the page.
  bool FailAtEnd(std::string_view message) { return Fail(page_.data() + page_.size(), message); }

  /// The page is beyond a limit at `where`: no more than `limit` of `what` (`option` of
  /// ParseOptions).
  bool FailLimit(const char* where, std::string_view what, std::string_view option,
                 std::size_t limit);

  /// OK, or the first failure.
  const absl::Status& status() const { return status_; }

 private:
  std::string Position(const char* where) const;

  std::string_view page_;
  const ParseOptions& options_;
  std::size_t valid_utf8_bytes_;
  std::string_view line_;
  std::string_view rest_;
  absl::Status status_;
};

/// What stands at `at`, for messages: `'x'`, or "the end of the line".
std::string Shown(const char* at, const char* line_end);

}  // namespace exposition
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_EXPOSITION_PAGE_READER_H_
