//! Tasks: calls whose result is fetched later, in 2025-11-25.
