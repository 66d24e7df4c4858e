//! One HTTP request and its answer, bounded in time (from connecting to the last byte of the body) and in length.
//!
//! hyper bounds the head of an answer (100 fields and 400 KiB, hyper 1.12 `proto/h1/role.rs` and `io.rs`), but neither
//! the time that it takes nor the body. No redirect is followed, here or below, and nothing is decompressed.

use aws_smithy_runtime_api::client::connection::CaptureSmithyConnection;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, HttpConnectorSettings};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use http_body::{Body, Frame, SizeHint};
use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep_until, timeout, timeout_at};

/// The longest body that is read, in bytes. Credentials take 2 KiB, the longest list of repositories a few hundred KiB.
const BODY_LIMIT: u64 = 1 << 20;

/// The connect timeout of requests without one.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
const WITHIN: Duration = Duration::from_secs(10);

/// Why an exchange ended before its answer was complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExchangeError {
    /// Connecting timed out, including the name lookup, the proxy's tunnel and the TLS handshake.
    NotConnected {
        /// The timeout.
        within: Duration,
    },
    /// The request was sent, but the head of the answer did not arrive in time.
    NoAnswer {
        /// The timeout.
        within: Duration,
    },
    /// The answer began, but did not end in time.
    Incomplete {
        /// The timeout.
        within: Duration,
    },
    /// The body is longer than 1 MiB.
    TooLong,
}

impl fmt::Display for ExchangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Rounded to tenths of a second: the rest of a budget is not a round number.
        let shown = |within: &Duration| (within.as_secs_f64() * 10.0).round() / 10.0;
        match self {
            Self::NotConnected { within } => write!(f, "could not connect within {} s", shown(within)),
            Self::NoAnswer { within } => write!(f, "no answer within {} s", shown(within)),
            Self::Incomplete { within } => write!(f, "no complete answer within {} s", shown(within)),
            Self::TooLong => write!(f, "the answer is longer than {} MiB", BODY_LIMIT >> 20),
        }
    }
}

impl Error for ExchangeError {}

impl ExchangeError {
    /// The exchange error in a chain of causes, if there is one.
    pub(crate) fn in_chain(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut next = Some(error);
        while let Some(cause) = next {
            if let Some(found) = cause.downcast_ref::<Self>() {
                return Some(*found);
            }
            next = cause.source();
        }
        None
    }
}

/// How long connecting and the whole exchange may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    connect: Duration,
    whole: Duration,
}

impl Limits {
    /// The SDK's read timeout bounds the whole exchange, to the last byte.
    pub(super) fn of(settings: &HttpConnectorSettings) -> Self {
        let whole = settings.read_timeout().unwrap_or(WITHIN);
        Self { connect: settings.connect_timeout().unwrap_or(CONNECT_WITHIN).min(whole), whole }
    }

    /// What is left of them after this time.
    pub(super) fn after(self, passed: Duration) -> Self {
        let whole = self.whole.saturating_sub(passed);
        Self { connect: self.connect.min(whole), whole }
    }

    /// Sends `request` through `connector`.
    pub(super) fn call(self, connector: &dyn HttpConnector, mut request: HttpRequest) -> HttpConnectorFuture {
        let connection = request.extension::<CaptureSmithyConnection>().cloned().unwrap_or_else(|| {
            let connection = CaptureSmithyConnection::new();
            request.add_extension(connection.clone());
            connection
        });
        HttpConnectorFuture::new(self.wait(connector.call(request), connection))
    }

    async fn wait(
        self,
        call: HttpConnectorFuture,
        connection: CaptureSmithyConnection,
    ) -> Result<HttpResponse, ConnectorError> {
        let Self { connect, whole } = self;
        let ends = Instant::now() + whole;
        let mut call = std::pin::pin!(call);
        let mut answered = timeout(connect, &mut call).await;
        if answered.is_err() && connection.get().is_some() {
            answered = timeout_at(ends, call).await;
        }
        let not_in_time = |_| {
            let in_time = if connection.get().is_some() {
                ExchangeError::NoAnswer { within: whole }
            } else {
                ExchangeError::NotConnected { within: connect }
            };
            ConnectorError::timeout(in_time.into())
        };
        let response = answered.map_err(not_in_time)??;
        Ok(response.map(|body| {
            let ends = Box::pin(sleep_until(ends));
            SdkBody::from_body_1_x(Bounded { body, left: BODY_LIMIT, ends, within: whole })
        }))
    }
}

/// A body that ends with an error at its time or length limit.
struct Bounded {
    body: SdkBody,
    left: u64,
    ends: Pin<Box<Sleep>>,
    within: Duration,
}

impl Body for Bounded {
    type Data = <SdkBody as Body>::Data;
    type Error = <SdkBody as Body>::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let this = self.get_mut();
        // Checked before the body, and by the clock: a body that always has more data would never let the timer run.
        if this.ends.as_mut().poll(context).is_ready() || Instant::now() >= this.ends.deadline() {
            return Poll::Ready(Some(Err(ExchangeError::Incomplete { within: this.within }.into())));
        }
        // A `Content-Length` over the limit is known before a byte is read.
        if this.body.size_hint().lower() > this.left {
            return Poll::Ready(Some(Err(ExchangeError::TooLong.into())));
        }
        let frame = std::task::ready!(Pin::new(&mut this.body).poll_frame(context));
        if let Some(Ok(frame)) = &frame {
            let length = frame.data_ref().map_or(0, |data| data.len() as u64);
            match this.left.checked_sub(length) {
                Some(left) => this.left = left,
                None => return Poll::Ready(Some(Err(ExchangeError::TooLong.into()))),
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::block_on;
    use aws_smithy_types::byte_stream::ByteStream;

    /// A connector with the same body for every request, or without an answer.
    #[derive(Debug)]
    struct Fixed(Option<fn() -> SdkBody>);

    impl HttpConnector for Fixed {
        fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
            match self.0 {
                Some(body) => {
                    let status = 200.try_into().expect("a status");
                    HttpConnectorFuture::ready(Ok(HttpResponse::new(status, body())))
                }
                None => HttpConnectorFuture::new(std::future::pending()),
            }
        }
    }

    fn length(body: Option<fn() -> SdkBody>) -> Result<usize, ExchangeError> {
        let limits = Limits { connect: Duration::from_millis(50), whole: Duration::from_millis(100) };
        let answered = block_on(async {
            let response = limits.call(&Fixed(body), HttpRequest::empty()).await;
            let mut response = response.map_err(|error| ExchangeError::in_chain(&error))?;
            let body = ByteStream::new(response.take_body()).collect().await;
            body.map(|body| body.to_vec().len()).map_err(|error| ExchangeError::in_chain(&error))
        });
        answered.expect("a runtime").map_err(|error| error.expect("an error of an exchange"))
    }

    /// A body of its length in bytes, in frames of this size.
    struct Frames {
        left: usize,
        size: usize,
    }

    impl Body for Frames {
        type Data = <SdkBody as Body>::Data;
        type Error = <SdkBody as Body>::Error;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
            if self.left == 0 {
                return Poll::Ready(None);
            }
            let size = self.size.min(self.left);
            self.left -= size;
            Poll::Ready(Some(Ok(Frame::data(vec![0; size].into()))))
        }
    }

    #[test]
    fn a_mebibyte_is_read_and_not_a_byte_more() {
        let mebibyte = 1 << 20;
        assert_eq!(length(Some(SdkBody::empty)), Ok(0));
        assert_eq!(length(Some(|| SdkBody::from(vec![0; 1 << 20]))), Ok(mebibyte));
        assert_eq!(length(Some(|| SdkBody::from(vec![0; (1 << 20) + 1]))), Err(ExchangeError::TooLong));
        let exact = || SdkBody::from_body_1_x(Frames { left: 1 << 20, size: 1 << 14 });
        assert_eq!(length(Some(exact)), Ok(mebibyte));
        let more = || SdkBody::from_body_1_x(Frames { left: (1 << 20) + 1, size: 1 << 14 });
        assert_eq!(length(Some(more)), Err(ExchangeError::TooLong));
        let at_once = || SdkBody::from_body_1_x(Frames { left: 1 << 21, size: 1 << 21 });
        assert_eq!(length(Some(at_once)), Err(ExchangeError::TooLong));
    }

    #[test]
    fn a_body_ends_with_its_time_even_where_it_always_has_nothing_more() {
        let empty_frames = || SdkBody::from_body_1_x(Frames { left: 1, size: 0 });
        assert_eq!(length(Some(empty_frames)), Err(ExchangeError::Incomplete { within: Duration::from_millis(100) }));
    }

    #[test]
    fn without_a_connection_connecting_was_what_took_too_long() {
        assert_eq!(length(None), Err(ExchangeError::NotConnected { within: Duration::from_millis(50) }));
    }

    #[test]
    fn times_are_told_in_tenths_of_a_second() {
        for (within, told) in [(900, "0.9"), (4987, "5"), (20_000, "20"), (3249, "3.2")] {
            let within = Duration::from_millis(within);
            assert_eq!(ExchangeError::NoAnswer { within }.to_string(), format!("no answer within {told} s"));
        }
    }
}
