//! Defers the signals that terminate a process while a few system calls that belong together run.
//!
//! Only operations that must not be interrupted are protected, and the wait for a child that would otherwise be left
//! behind; at any other time a signal terminates the process at
//! once, as by default. SIGKILL cannot be deferred. After the first [`hold`] a signal also terminates a process that
//! was started to ignore it (nohup(1)): whether it was ignored cannot be found out without `unsafe`.

/// Defers the signals until the result is dropped. A signal that arrived meanwhile then terminates the process.
#[must_use = "signals are held until this is dropped"]
pub(crate) fn hold() -> Held {
    platform::hold(true);
    Held(())
}

/// See [`hold`].
#[derive(Debug)]
pub(crate) struct Held(());

/// Whether a signal arrived while signals are held, which then terminates the process.
pub(crate) fn has_come() -> bool {
    platform::has_come()
}

impl Drop for Held {
    fn drop(&mut self) {
        platform::hold(false);
    }
}

#[cfg(unix)]
mod platform {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    use signal_hook::{flag, low_level};
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::sync::{Arc, OnceLock};

    struct Flags {
        /// Whether a signal terminates the process at once.
        ends: Arc<AtomicBool>,
        /// The number of the signal that arrived while deferred; zero if none did.
        came: Arc<AtomicUsize>,
    }

    /// Created when signals are first deferred. A signal without a handler is not deferred.
    static FLAGS: OnceLock<Flags> = OnceLock::new();

    fn flags() -> Flags {
        let flags = Flags { ends: Arc::new(AtomicBool::new(true)), came: Arc::default() };
        for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM] {
            let number = usize::try_from(signal).unwrap_or_default();
            // In this order a signal either terminates the process or is recorded.
            let _ = flag::register_conditional_default(signal, Arc::clone(&flags.ends));
            let _ = flag::register_usize(signal, Arc::clone(&flags.came), number);
        }
        flags
    }

    /// Starts or stops deferring; a deferred signal then terminates the process.
    pub(super) fn hold(is_held: bool) {
        let flags = FLAGS.get_or_init(flags);
        flags.ends.store(!is_held, Ordering::SeqCst);
        if is_held {
            return;
        }
        if let Some(signal) = i32::try_from(flags.came.load(Ordering::SeqCst)).ok().filter(|signal| *signal != 0) {
            let _ = low_level::emulate_default_handler(signal);
        }
    }

    /// Whether a deferred signal arrived.
    pub(super) fn has_come() -> bool {
        FLAGS.get().is_some_and(|flags| flags.came.load(Ordering::SeqCst) != 0)
    }
}

#[cfg(not(unix))]
mod platform {
    /// On Windows Ctrl-C terminates the process at once; the next run removes the lock.
    pub(super) fn hold(_: bool) {}

    pub(super) fn has_come() -> bool {
        false
    }
}
