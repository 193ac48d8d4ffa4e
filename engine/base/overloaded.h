#pragma once

namespace apdr {

// Joins lambdas into one visitor: std::visit(Overloaded{[](A) {}, [](B) {}}, variant).
template <class... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <class... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

}  // namespace apdr
