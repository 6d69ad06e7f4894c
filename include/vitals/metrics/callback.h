#ifndef VITALS_METRICS_CALLBACK_H_
#define VITALS_METRICS_CALLBACK_H_

#include <memory>

#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {

struct Callback;

}  // namespace metrics

/// Keeps a callback in its registry. When this dies, or Remove() returns, the callback is not
/// running and will not be called again, so what it captured may go: make the registration the last
/// member of the object that the callback reads. It may outlive the registry.
///
/// Removal waits for a call that runs, unless it is made by the callback itself. Not thread-safe;
/// movable.
class VITALS_EXPORT CallbackRegistration {
 public:
  CallbackRegistration() = default;
  explicit CallbackRegistration(std::shared_ptr<metrics::Callback> callback) noexcept;
  ~CallbackRegistration();
  CallbackRegistration(CallbackRegistration&& other) noexcept = default;
  CallbackRegistration& operator=(CallbackRegistration&& other) noexcept;

  /// Ends the registration now.
  void Remove() noexcept;

 private:
  std::shared_ptr<metrics::Callback> callback_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_METRICS_CALLBACK_H_
