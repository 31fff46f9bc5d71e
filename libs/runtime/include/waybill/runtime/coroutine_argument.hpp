#pragma once

#include <type_traits>

namespace waybill::runtime {

/// What a function that is to be co_awaited may take for F&& when it takes other people's lambdas.
///
/// g++ 12 destroys a closure twice when it is written inside the operand of co_await and owns something (a
/// captured string, a shared_ptr). A lambda that captures references and plain values owns nothing and is
/// safe; and it is all one needs, because the coroutine that awaits outlives the call. A named function,
/// passed by its name, is safe as well.
template <class F>
concept CoroutineArgument = std::is_lvalue_reference_v<F> || std::is_trivially_destructible_v<F>;

}  // namespace waybill::runtime
