//! The model behind a trait: given a request, what events stream back?
