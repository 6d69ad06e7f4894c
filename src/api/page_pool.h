#ifndef VITALS_SRC_API_PAGE_POOL_H_
#define VITALS_SRC_API_PAGE_POOL_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "vitals/base/config.h"
#include "vitals/model/snapshot.h"

VITALS_NAMESPACE_BEGIN
namespace api {

/// What one scrape works in. Kept from scrape to scrape, so that a warm one allocates nothing for
/// the page.
struct ScrapeBuffers {
  Snapshot snapshot;
  std::string page;
};

/// Lends buffers to scrapes: as many as there are at one time, which the server bounds.
/// Thread-safe.
class PagePool : public std::enable_shared_from_this<PagePool> {
 public:
  /// Buffers of the caller's own, which come back when the last owner lets go of them: the
  /// connection, once the page is written. They may hold an earlier page.
  std::shared_ptr<ScrapeBuffers> Take();

 private:
  void Return(std::unique_ptr<ScrapeBuffers> buffers);

  base::Mutex mutex_;
  std::vector<std::unique_ptr<ScrapeBuffers>> free_ VITALS_GUARDED_BY(mutex_);
  std::size_t made_ VITALS_GUARDED_BY(mutex_) = 0;
};

}  // namespace api
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_API_PAGE_POOL_H_
