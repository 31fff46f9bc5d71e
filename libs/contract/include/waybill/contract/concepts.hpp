#pragma once

#include <concepts>
#include <type_traits>

#include "waybill/contract/traits.hpp"

namespace waybill::contract {

/// A message that travels by itself: its contract gives it a kind. The class may be incomplete.
template <class T>
concept Contract = requires {
  { traits<T>::kind } -> std::convertible_to<Kind>;
  { traits<T>::name } -> std::convertible_to<std::string_view>;
  typename traits<T>::replies;
};

template <class T>
concept Command = Contract<T> && traits<T>::kind == Kind::command;

template <class T>
concept Event = Contract<T> && traits<T>::kind == Kind::event;

template <class T>
concept Reply = Contract<T> && traits<T>::kind == Kind::reply;

template <class T>
concept Refusal = Contract<T> && traits<T>::kind == Kind::refusal;

/// What may answer a command.
template <class T>
concept Answer = Reply<T> || Refusal<T>;

template <class T, class List>
inline constexpr bool is_listed = false;

template <class T, class... Listed>
inline constexpr bool is_listed<T, types<Listed...>> = (std::is_same_v<T, Listed> || ...);

/// Whether the contract of the command names this answer.
template <class T, class C>
concept AnswerTo = Command<C> && Answer<T> && is_listed<T, typename traits<C>::replies>;

}  // namespace waybill::contract
