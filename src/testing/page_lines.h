#ifndef VITALS_SRC_TESTING_PAGE_LINES_H_
#define VITALS_SRC_TESTING_PAGE_LINES_H_

#include <compare>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "vitals/base/config.h"
#include "vitals/exposition/parsed_page.h"
#include "vitals/metrics/gatherer.h"

VITALS_NAMESPACE_BEGIN
namespace testing {

/// The page of `gatherer`, in the text format.
std::string PageOf(Gatherer& gatherer);

/// `name{a="b"}` with the labels sorted; the name alone where there are none.
std::string SeriesText(std::string_view name, const Labels& labels);

/// A line of a page in the form that all pages with the same content have. Lines sort as a page
/// has them: metadata first, then series by series, buckets by rising bound.
struct PageLine {
  std::string series;  ///< name and labels, but for those that order buckets and quantiles
  double rank = 0;     ///< of a bucket or quantile in its series
  std::string text;

  friend std::partial_ordering operator<=>(const PageLine&, const PageLine&) = default;
};

/// The lines of each family, by its name.
using PageLines = std::map<std::string, std::set<PageLine>, std::less<>>;

PageLines LinesOf(const ParsedPage& page);

}  // namespace testing
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TESTING_PAGE_LINES_H_
