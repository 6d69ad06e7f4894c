#include "api/page_pool.h"

#include <utility>

VITALS_NAMESPACE_BEGIN
namespace api {

std::shared_ptr<ScrapeBuffers> PagePool::Take() {
  std::unique_ptr<ScrapeBuffers> buffers;
  {
    const base::MutexLock lock(mutex_);
    if (!free_.empty()) {
      buffers = std::move(free_.back());
      free_.pop_back();
    } else {
      // Room for Return(), which must not throw.
      free_.reserve(++made_);
    }
  }
  if (buffers == nullptr) buffers = std::make_unique<ScrapeBuffers>();
  return {buffers.release(), [pool = shared_from_this()](ScrapeBuffers* returned) {
            pool->Return(std::unique_ptr<ScrapeBuffers>(returned));
          }};
}

void PagePool::Return(std::unique_ptr<ScrapeBuffers> buffers) {
  const base::MutexLock lock(mutex_);
  free_.push_back(std::move(buffers));
}

}  // namespace api
VITALS_NAMESPACE_END
